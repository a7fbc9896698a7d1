package org.svgen.server;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.svgen.server.http.HttpSettings;
import org.svgen.server.retention.KeepRules;
import org.svgen.server.work.DeviceSource;
import org.svgen.server.work.ModelSource;
import org.svgen.server.work.WorkSettings;

/**
 * What a service is started with.
 *
 * @param version of svgen
 * @param http how it is reached
 * @param callers who may use it
 * @param places where it keeps what
 * @param work what makes videos
 * @param outside what it may ask of other hosts
 */
public record Settings(
        String version,
        HttpSettings http,
        Callers callers,
        Places places,
        Work work,
        Outside outside) {
    /** Checks that all are there. */
    public Settings {
        Objects.requireNonNull(version, "version");
        Objects.requireNonNull(http, "http");
        Objects.requireNonNull(callers, "callers");
        Objects.requireNonNull(places, "places");
        Objects.requireNonNull(work, "work");
        Objects.requireNonNull(outside, "outside");
    }

    /**
     * Who may use the service.
     *
     * @param keys file of keys; without one, nobody is asked for a key
     * @param anybody whether it may be reached from other machines without keys
     */
    public record Callers(Optional<Path> keys, boolean anybody) {
        /** Checks that it is there. */
        public Callers {
            Objects.requireNonNull(keys, "keys");
        }
    }

    /**
     * Where the service keeps what.
     *
     * @param data folder on this machine
     * @param store address of a shared store; none for one in the data folder
     * @param blobs folder or bucket of the jobs' files, as {@link
     *     org.svgen.server.blob.BlobPlaces#open} takes it; none for one in the data folder
     * @param reserve bytes of the disk that stay free; none for the usual share
     * @param keep how long videos are kept
     */
    public record Places(
            Path data,
            Optional<String> store,
            Optional<String> blobs,
            OptionalLong reserve,
            KeepRules keep) {
        /** Checks that all are there. */
        public Places {
            Objects.requireNonNull(data, "data");
            Objects.requireNonNull(store, "store");
            Objects.requireNonNull(blobs, "blobs");
            Objects.requireNonNull(reserve, "reserve");
            Objects.requireNonNull(keep, "keep");
        }
    }

    /**
     * What makes videos.
     *
     * @param models that are served; the first is meant where a request names none
     * @param devices a worker each
     * @param settings how workers go about it
     */
    public record Work(
            List<ModelSource> models, List<DeviceSource> devices, WorkSettings settings) {
        /** Keeps copies. */
        public Work {
            models = List.copyOf(Objects.requireNonNull(models, "models"));
            devices = List.copyOf(Objects.requireNonNull(devices, "devices"));
            Objects.requireNonNull(settings, "settings");
        }
    }

    /**
     * What the service may ask of other hosts.
     *
     * @param fetch whether it gets pictures from addresses in requests
     * @param privateHosts whether private addresses are as good as others
     * @param secrets file of what signs webhooks; none for one in the data folder
     */
    public record Outside(boolean fetch, boolean privateHosts, Optional<Path> secrets) {
        /** Checks that it is there. */
        public Outside {
            Objects.requireNonNull(secrets, "secrets");
        }
    }
}

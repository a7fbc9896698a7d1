package org.svgen.server.http;

import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import org.svgen.server.blob.Blobs;
import org.svgen.server.keys.Keys;
import org.svgen.server.store.JobStore;
import org.svgen.server.wire.PictureLoader;
import org.svgen.server.work.Live;
import org.svgen.server.work.ModelDesk;
import org.svgen.server.work.Workers;

/**
 * What answers come from.
 *
 * @param store of jobs
 * @param blobs files of jobs
 * @param desk knows the models
 * @param live knows the runs
 * @param workers run the jobs
 * @param keys of callers
 * @param fetch gets pictures that lie elsewhere
 * @param webhooks refuses addresses that may not be told
 * @param watch hears of requests, and shows metrics
 * @param spool folder of uploads that are under way
 */
public record Parts(
        JobStore store,
        Blobs blobs,
        ModelDesk desk,
        Live live,
        Workers workers,
        Keys keys,
        PictureLoader.Fetch fetch,
        Consumer<URI> webhooks,
        Watch watch,
        Path spool) {
    /** Checks that nothing is null. */
    public Parts {
        Objects.requireNonNull(store, "store");
        Objects.requireNonNull(blobs, "blobs");
        Objects.requireNonNull(desk, "desk");
        Objects.requireNonNull(live, "live");
        Objects.requireNonNull(workers, "workers");
        Objects.requireNonNull(keys, "keys");
        Objects.requireNonNull(fetch, "fetch");
        Objects.requireNonNull(webhooks, "webhooks");
        Objects.requireNonNull(watch, "watch");
        Objects.requireNonNull(spool, "spool");
    }

    /**
     * Who watches.
     *
     * @param observed hears of each request
     * @param metrics shows what was heard
     * @param log gets a line for each error of the service itself
     * @param access gets a line for each request
     */
    public record Watch(
            Observed observed, Exposition metrics, Consumer<String> log, Consumer<String> access) {
        /** Checks that nothing is null. */
        public Watch {
            Objects.requireNonNull(observed, "observed");
            Objects.requireNonNull(metrics, "metrics");
            Objects.requireNonNull(log, "log");
            Objects.requireNonNull(access, "access");
        }
    }
}

package org.svgen.server.work;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.device.Backend;

/**
 * A model that is to be served.
 *
 * @param name by which requests name it
 * @param spec where it lies
 * @param opener opens it
 */
public record ModelSource(String name, ModelSpec spec, Opener opener) {
    private static final Pattern LICENCE = Pattern.compile("(?m)^license(?:_name)?:\\s*(\\S.*)$");
    private static final long MILLIS = 1000;

    /** Checks that all are there. */
    public ModelSource {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(spec, "spec");
        Objects.requireNonNull(opener, "opener");
    }

    /** How a model is opened. */
    @FunctionalInterface
    public interface Opener {
        /**
         * {@return the model on a device, for the caller to close}
         *
         * @param spec where it lies
         * @param device computes
         * @param session whether weights stay on the device from run to run
         */
        VideoPipeline open(ModelSpec spec, Backend device, boolean session);
    }

    /**
     * {@return a model in diffusers' layout}
     *
     * @param name by which requests name it
     * @param folder where it lies
     */
    public static ModelSource of(String name, Path folder) {
        return of(name, ModelSpec.of(folder));
    }

    /**
     * {@return a model of which some components may lie outside its folder}
     *
     * @param name by which requests name it
     * @param spec where it lies
     */
    public static ModelSource of(String name, ModelSpec spec) {
        return new ModelSource(
                name,
                spec,
                (from, device, session) ->
                        session
                                ? Pipelines.openSession(from, device, device.activation())
                                : Pipelines.open(from, device, device.activation()));
    }

    /** Of the model in diffusers' layout, or of the one that has the rest of it. */
    Path folder() {
        return spec.folder();
    }

    /** What keeps its weights on the device from run to run. */
    VideoPipeline session(Backend device) {
        return opener.open(spec, device, true);
    }

    /** What answers questions and makes plans. */
    VideoPipeline planner(Backend device) {
        return opener.open(spec, device, false);
    }

    /** When its files were written, in seconds since 1970. */
    long createdAt() {
        try {
            return Files.getLastModifiedTime(folder().resolve("model_index.json")).toMillis()
                    / MILLIS;
        } catch (IOException e) {
            return 0;
        }
    }

    /** As the head of its README says it, where it has one as models on the hub do. */
    String licence() {
        try {
            String readme = Files.readString(folder().resolve("README.md"), StandardCharsets.UTF_8);
            int end = readme.indexOf("\n---", 3);
            if (readme.startsWith("---") && end > 0) {
                Matcher found = LICENCE.matcher(readme.substring(0, end));
                return found.find() ? found.group(1).strip() : "";
            }
        } catch (IOException e) {
            // Many folders have no README.
        }
        return "";
    }
}

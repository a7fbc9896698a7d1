package org.svgen.server.job;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What was asked for; it never changes.
 *
 * @param owner name of the key that asked; empty where there are no keys
 * @param model name of the model
 * @param settings by the names that {@link org.svgen.pipeline.RequestBuilder#set(String, Object)}
 *     takes, with values as JSON has them
 * @param inputs keys of the pictures, by {@code image} and {@code lastImage}
 * @param links what else belongs to it
 */
public record JobRequest(
        String owner,
        String model,
        Map<String, Object> settings,
        Map<String, String> inputs,
        Links links) {
    /** Copies the maps. */
    public JobRequest {
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(model, "model");
        settings = Ordered.copy(Objects.requireNonNull(settings, "settings"));
        inputs = Ordered.copy(Objects.requireNonNull(inputs, "inputs"));
        Objects.requireNonNull(links, "links");
    }

    /** {@return what the video shows} */
    public String prompt() {
        return String.valueOf(settings.getOrDefault("prompt", ""));
    }

    /**
     * What else belongs to a request.
     *
     * @param remixedFrom the job that it varies
     * @param webhookUrl who is told when it ends
     * @param recipeHash the same for requests that make the same video
     * @param traceparent of W3C Trace Context, as it came
     */
    public record Links(
            Optional<JobId> remixedFrom,
            Optional<String> webhookUrl,
            Optional<String> recipeHash,
            Optional<String> traceparent) {
        /** Checks that none is null. */
        public Links {
            Objects.requireNonNull(remixedFrom, "remixedFrom");
            Objects.requireNonNull(webhookUrl, "webhookUrl");
            Objects.requireNonNull(recipeHash, "recipeHash");
            Objects.requireNonNull(traceparent, "traceparent");
        }

        /** {@return nothing} */
        public static Links none() {
            return new Links(
                    Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        }
    }
}

package org.svgen.server.work;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.svgen.pipeline.Pictures;

/**
 * A model that is served.
 *
 * @param name by which requests name it
 * @param task {@code text-to-video}, {@code image-to-video} or {@code first-last-frame-to-video}
 * @param pictures that it takes beside the prompt
 * @param sizes that it makes best, as {@code 1280x720}
 * @param defaults of its requests, by the names that {@link
 *     org.svgen.pipeline.RequestBuilder#set(String, Object)} takes
 * @param licence as its folder says; empty where it does not
 * @param createdAt when its files were written, in seconds since 1970
 * @param prompts examples that it can do
 * @param loaded true once it is in memory
 */
public record ModelCard(
        String name,
        String task,
        Pictures pictures,
        List<String> sizes,
        Map<String, Object> defaults,
        String licence,
        long createdAt,
        List<String> prompts,
        boolean loaded) {
    /** Copies the collections. */
    public ModelCard {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(task, "task");
        Objects.requireNonNull(pictures, "pictures");
        Objects.requireNonNull(licence, "licence");
        sizes = List.copyOf(Objects.requireNonNull(sizes, "sizes"));
        prompts = List.copyOf(Objects.requireNonNull(prompts, "prompts"));
        Objects.requireNonNull(defaults, "defaults");
        defaults = Collections.unmodifiableMap(new LinkedHashMap<>(defaults));
    }

    ModelCard inMemory(boolean now) {
        return new ModelCard(
                name, task, pictures, sizes, defaults, licence, createdAt, prompts, now);
    }
}

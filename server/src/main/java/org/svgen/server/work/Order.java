package org.svgen.server.work;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A video that somebody asks for.
 *
 * @param model name of the model
 * @param settings by the names that {@link org.svgen.pipeline.RequestBuilder#set(String, Object)}
 *     takes, with values as JSON has them; what is missing is the model's default
 * @param pictures files by {@code image} and {@code lastImage}, as they came
 */
public record Order(String model, Map<String, Object> settings, Map<String, Path> pictures) {
    /** Copies the maps. */
    public Order {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(settings, "settings");
        Objects.requireNonNull(pictures, "pictures");
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        pictures = Map.copyOf(pictures);
    }
}

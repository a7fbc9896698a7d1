package org.svgen.cli.batch;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.svgen.pipeline.RequestBuilder;
import org.svgen.pipeline.Rules;
import org.svgen.tensor.Field;

/**
 * A video that a batch asks for.
 *
 * @param row where its row begins
 * @param settings of the request by their names in camelCase, as {@link RequestBuilder#set} takes
 *     them, the prompt among them
 * @param places where each setting stands
 * @param varied which of the settings have several values in this row
 * @param files first and last frame
 * @param output the video's name without {@code .mp4}, where the row says one
 * @param service what a server alone takes: model and priority
 */
public record BatchTask(
        Place row,
        Map<String, Object> settings,
        Map<String, Place> places,
        Map<String, Object> varied,
        Files files,
        Optional<String> output,
        Map<String, Object> service) {
    /** Keeps copies, in their order. */
    public BatchTask {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        places = Map.copyOf(places);
        varied = Collections.unmodifiableMap(new LinkedHashMap<>(varied));
        service = Map.copyOf(service);
    }

    /**
     * Pictures that a video begins and ends with.
     *
     * @param image the first frame
     * @param lastImage the last frame
     */
    public record Files(Optional<Path> image, Optional<Path> lastImage) {}

    /** {@return what the video shows} */
    public String prompt() {
        return String.valueOf(settings.getOrDefault(Rules.PROMPT.name(), ""));
    }

    /** {@return how it differs from the other videos of its row: {@code seed 3, density 0.5}} */
    public String variant() {
        return varied.entrySet().stream()
                .map(e -> Field.words(e.getKey(), " ") + " " + e.getValue())
                .collect(Collectors.joining(", "));
    }

    /** {@return where a mistake about {@code field} stands: its cell, or its row} */
    Place place(Optional<String> field) {
        return field.map(places::get).orElse(row);
    }
}

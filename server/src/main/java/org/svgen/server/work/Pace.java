package org.svgen.server.work;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.svgen.files.Staged;
import org.svgen.pipeline.PlainJson;
import org.svgen.tensor.SvgenException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * How long work took on this machine, by what it was: seconds for each unit of {@link
 * org.svgen.tensor.device.Work#cost}. The newest measurements are kept in a file. Thread-safe.
 */
final class Pace {
    private static final int KEPT = 20;

    /** One measurement says little of the next. */
    private static final Span OF_ONE = new Span(1, 0.75, 1.4);

    private static final double SLACK = 0.1;
    private static final TypeReference<Map<String, List<Double>>> CONTENT =
            new TypeReference<>() {};

    private final Path file;
    private final Map<String, Deque<Double>> rates = new LinkedHashMap<>();

    /**
     * @param file of earlier measurements; one that cannot be read counts as none
     */
    Pace(Path file) {
        this.file = file;
        try {
            Map<String, List<Double>> kept =
                    new JsonMapper().readValue(Files.readString(file), CONTENT);
            kept.forEach((key, values) -> rates.put(key, new ArrayDeque<>(values)));
        } catch (IOException | JacksonException e) {
            rates.clear();
        }
    }

    synchronized void measured(String key, double cost, double seconds) {
        double rate = seconds / cost;
        if (cost > 0 && Double.isFinite(rate)) {
            Deque<Double> newest = rates.computeIfAbsent(key, _ -> new ArrayDeque<>());
            newest.addLast(rate);
            if (newest.size() > KEPT) {
                newest.removeFirst();
            }
        }
    }

    /** How long work takes; none if nothing of its kind was measured. */
    synchronized Optional<Span> span(String key, double cost) {
        Deque<Double> known = rates.get(key);
        if (known == null || known.isEmpty()) {
            return Optional.empty();
        }
        List<Double> sorted = new ArrayList<>(known);
        Collections.sort(sorted);
        double likely = sorted.get(sorted.size() / 2);
        Span rate =
                sorted.size() == 1
                        ? OF_ONE.times(likely)
                        : new Span(
                                likely,
                                sorted.getFirst() * (1 - SLACK),
                                sorted.getLast() * (1 + SLACK));
        return Optional.of(rate.times(cost));
    }

    /** What is not kept is measured again, so a disk that takes nothing does no harm. */
    synchronized void keep() {
        try {
            byte[] bytes = PlainJson.pretty(rates).getBytes(StandardCharsets.UTF_8);
            Staged.write(file, temporary -> Files.write(temporary, bytes));
        } catch (SvgenException e) {
            // The disk may be full; the service says so elsewhere.
        }
    }
}

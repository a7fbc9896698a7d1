package org.svgen.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/**
 * Times pieces of work against each other: in turns, so that what else the machine does strikes all
 * alike, in an order that is drawn anew each round, so that none always follows the same (a long
 * one leaves a GPU at a lower clock), and by the median.
 */
final class Stopwatch {
    private static final long PAUSE_NANOS = 20_000_000;

    private final Map<String, Batch> work = new LinkedHashMap<>();

    /** A piece that has been done when it returns. */
    void add(String name, Runnable piece) {
        add(name, Batch.single(piece));
    }

    void add(String name, Batch piece) {
        work.put(name, piece);
    }

    /**
     * Median seconds of each piece, or of one of its repetitions, after {@code warmUp} rounds.
     *
     * @param inARow runs of a piece before the next has its turn; after a native library's threads,
     *     which keep cores busy for a while, the first run is not counted if there are more
     */
    Map<String, Double> medians(int warmUp, int rounds, int inARow) {
        Map<String, List<Double>> times = new LinkedHashMap<>();
        work.keySet().forEach(name -> times.put(name, new ArrayList<>()));
        List<Map.Entry<String, Batch>> order = new ArrayList<>(work.entrySet());
        Random random = new Random(1);
        for (int i = 0; i < warmUp + rounds; i++) {
            Collections.shuffle(order, random);
            for (Map.Entry<String, Batch> piece : order) {
                List<Double> measured = time(piece.getValue(), inARow);
                if (i >= warmUp) {
                    Objects.requireNonNull(times.get(piece.getKey())).addAll(measured);
                }
            }
        }
        Map<String, Double> medians = new LinkedHashMap<>();
        times.forEach((name, seconds) -> medians.put(name, median(seconds)));
        return medians;
    }

    private static List<Double> time(Batch piece, int inARow) {
        if (inARow > 1) {
            LockSupport.parkNanos(PAUSE_NANOS);
            piece.run();
        }
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < inARow; i++) {
            seconds.add(piece.seconds() / piece.repetitions());
        }
        return seconds;
    }

    /** The value of a piece that was measured. */
    static double of(Map<String, Double> values, String name) {
        return Objects.requireNonNull(values.get(name), name);
    }

    static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}

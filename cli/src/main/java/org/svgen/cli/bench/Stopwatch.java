package org.svgen.cli.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/**
 * Times pieces of work against each other: in turns, so that what else the machine does strikes all
 * alike, and by the median.
 */
final class Stopwatch {
    private static final long PAUSE = 20_000_000; // ns

    private final Map<String, Runnable> work = new LinkedHashMap<>();

    void add(String name, Runnable piece) {
        work.put(name, piece);
    }

    /**
     * Median seconds of each piece after {@code warmUp} rounds.
     *
     * @param inARow runs of a piece before the next has its turn; after a native library's threads,
     *     which keep cores busy for a while, the first run is not counted if there are more
     */
    Map<String, Double> medians(int warmUp, int rounds, int inARow) {
        Map<String, List<Double>> times = new LinkedHashMap<>();
        for (int i = 0; i < warmUp + rounds; i++) {
            for (Map.Entry<String, Runnable> piece : work.entrySet()) {
                if (inARow > 1) {
                    LockSupport.parkNanos(PAUSE);
                    piece.getValue().run();
                }
                for (int j = 0; j < inARow; j++) {
                    long start = System.nanoTime();
                    piece.getValue().run();
                    double seconds = (System.nanoTime() - start) * 1e-9;
                    if (i >= warmUp) {
                        times.computeIfAbsent(piece.getKey(), k -> new ArrayList<>()).add(seconds);
                    }
                }
            }
        }
        Map<String, Double> medians = new LinkedHashMap<>();
        times.forEach((name, seconds) -> medians.put(name, median(seconds)));
        return medians;
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

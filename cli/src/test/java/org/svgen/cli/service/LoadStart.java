package org.svgen.cli.service;

import java.nio.file.Path;
import java.util.List;

/** How long a service takes from the start of its process, with the demo model, and to its end. */
final class LoadStart {
    private static final int STARTS = 7;
    private static final double MOST_SECONDS = 1.5;

    private final double[] answers = new double[STARTS];
    private final double[] ready = new double[STARTS];
    private final double[] ends = new double[STARTS];

    private LoadStart() {}

    static void measure(LoadTable table, Path folder) {
        LoadStart starts = new LoadStart();
        // The first one makes the store: those that are measured find one.
        for (int i = -1; i < STARTS; i++) {
            starts.once(folder, i);
        }
        String of = "median of " + STARTS;
        table.atMost(
                "s from start to first answer, " + of,
                LoadTable.quantile(starts.answers, 0.5),
                MOST_SECONDS);
        table.say(
                "s from start to /ready, demo loaded, " + of,
                LoadTable.quantile(starts.ready, 0.5));
        table.say("s from SIGTERM to the end, idle, " + of, LoadTable.quantile(starts.ends, 0.5));
    }

    private void once(Path folder, int index) {
        long start = System.nanoTime();
        try (ServeProcess service = ServeProcess.start(folder, List.of())) {
            Api api = Api.of(service.url());
            Await.until(() -> api.get("/health").status() == 200);
            double answered = seconds(start);
            Await.until(() -> api.get("/ready").status() == 200);
            double loaded = seconds(start);
            long stop = System.nanoTime();
            service.terminate();
            service.waitFor();
            if (index >= 0) {
                answers[index] = answered;
                ready[index] = loaded;
                ends[index] = seconds(stop);
            }
        }
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}

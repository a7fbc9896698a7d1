package org.svgen.cli.service;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Requests of all kinds by a few clients at the same time, while a video is made. */
final class LoadRequests {
    private static final int REQUESTS = 2000;
    private static final int CLIENTS = 8;
    private static final double MOST_MILLIS = 50;
    private static final String CREATE = "create and delete";

    private final Api api;
    private final String video;
    private final Map<String, List<Double>> millis = new LinkedHashMap<>();

    /**
     * @param job that is under way
     */
    LoadRequests(Api api, String job) {
        this.api = api;
        this.video = "/v1/videos/" + job;
        for (String kind :
                List.of(
                        video,
                        "/v1/videos?limit=20",
                        "/v1/queue",
                        "/v1/models",
                        "/metrics",
                        "/health",
                        CREATE)) {
            millis.put(kind, new ArrayList<>());
        }
    }

    void measure(LoadTable table) throws ExecutionException, InterruptedException {
        once(video); // the connection of the first request is no part of what is measured
        List<String> kinds = List.copyOf(millis.keySet());
        Random random = new Random(22);
        long start = System.nanoTime();
        try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                // Half of them ask for the job, as clients that poll do.
                String kind = random.nextBoolean() ? video : kinds.get(random.nextInt(7));
                all.add(clients.submit(() -> took(kind)));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        table.say(
                "%d requests by %d clients, a second".formatted(REQUESTS, CLIENTS),
                REQUESTS / seconds);
        millis.forEach((kind, list) -> {
            double[] values = list.stream().mapToDouble(Double::doubleValue).toArray();
            String name = kind.equals(video) ? "/v1/videos/{id}" : kind;
            tell(table, name, values, kind.equals(video));
        });
    }

    private void took(String kind) {
        double took = once(kind);
        synchronized (millis) {
            millis.get(kind).add(took);
        }
    }

    private double once(String kind) {
        long start = System.nanoTime();
        if (kind.equals(CREATE)) {
            api.delete("/v1/videos/" + api.create(LoadProgram.SHORT));
        } else {
            int status = api.get(kind).status();
            if (status != 200) {
                throw new AssertionError(kind + ": " + status);
            }
        }
        return (System.nanoTime() - start) / 1e6;
    }

    /** How long single requests take, one after the other. */
    void measureOneClient(LoadTable table, int times) {
        double[] values = new double[times];
        for (int i = 0; i < times; i++) {
            values[i] = once(video);
        }
        tell(
                table,
                "/v1/videos/{id}, %d streams open".formatted(LoadStreams.STREAMS),
                values,
                true);
    }

    private static void tell(LoadTable table, String kind, double[] values, boolean judged) {
        double slow = LoadTable.quantile(values, 0.99);
        String text =
                "%.1f, %.1f, %.1f (%d)"
                        .formatted(
                                LoadTable.quantile(values, 0.5),
                                slow,
                                LoadTable.quantile(values, 1),
                                values.length);
        String what = "ms p50, p99, most: " + kind;
        if (judged) {
            table.holds(what, text, "p99 <= %.0f".formatted(MOST_MILLIS), slow <= MOST_MILLIS);
        } else {
            table.say(what, text);
        }
    }
}

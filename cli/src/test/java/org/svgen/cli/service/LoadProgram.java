package org.svgen.cli.service;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * How a service answers while it makes a video: {@code tools/serve-load.sh} calls it. It prints one
 * line for each figure.
 */
final class LoadProgram {
    private static final int STARTS = 3;
    private static final int REQUESTS = 2000;
    private static final int CLIENTS = 8;
    private static final int STREAMS = 500;
    private static final int QUEUE = 20;
    private static final long HALF_HEAD_SECONDS = 60;

    private static final Map<String, Object> LONG =
            Map.of(
                    "prompt", "a red circle moves right on a black background",
                    "num_inference_steps", 200,
                    "seed", 1);

    private LoadProgram() {}

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory("svgen-load");
        say("cores", Runtime.getRuntime().availableProcessors());
        starts(folder);
        try (ServeProcess service =
                ServeProcess.start(
                        folder.resolve("data"), List.of("--queue-limit", String.valueOf(QUEUE)))) {
            Api api = Api.of(service.url());
            Await.until(() -> api.get("/ready").status() == 200);
            Socket half = halfHead(service);
            long opened = System.nanoTime();
            say("resident MB, model loaded", resident(service));
            String job = api.create(LONG);
            api.running(job);
            Await.sleep(2000);
            say("resident MB, a video under way", resident(service));
            requests(api, job);
            streams(service, api, job);
            queueFull(api);
            dropped(half, opened);
            api.delete("/v1/videos/" + job);
        }
        say("load average", Files.readString(Path.of("/proc/loadavg")).strip());
        System.exit(0);
    }

    private static void say(String what, Object value) {
        System.out.println(
                "%-44s %s"
                        .formatted(what, value instanceof Double d ? "%.3f".formatted(d) : value));
    }

    /** From the start of the process, with the demo model. */
    private static void starts(Path folder) {
        for (int i = 0; i < STARTS; i++) {
            long start = System.nanoTime();
            try (ServeProcess service = ServeProcess.start(folder.resolve("start"), List.of())) {
                Api api = Api.of(service.url());
                say("seconds from start to address", service.secondsToUrl());
                Await.until(() -> api.get("/health").status() == 200);
                say("seconds from start to /health", (System.nanoTime() - start) / 1e9);
                Await.until(() -> api.get("/ready").status() == 200);
                say("seconds from start to /ready, demo loaded", (System.nanoTime() - start) / 1e9);
                service.terminate();
                long stop = System.nanoTime();
                service.waitFor();
                say("seconds from SIGTERM to the end, idle", (System.nanoTime() - stop) / 1e9);
            }
        }
    }

    private static Socket halfHead(ServeProcess service) throws IOException {
        Socket socket = new RawHttp(service.url()).open();
        RawHttp.write(socket, "GET / HTTP/1.1\nHost: ");
        return socket;
    }

    private static void dropped(Socket half, long opened) throws IOException {
        half.setSoTimeout((int) TimeUnit.SECONDS.toMillis(HALF_HEAD_SECONDS));
        half.getInputStream().readAllBytes();
        say("seconds until half a head was dropped, at most", (System.nanoTime() - opened) / 1e9);
    }

    /** Megabytes of the process. */
    private static double resident(ServeProcess service) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + service.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024 / 1e6)
                .findFirst()
                .orElseThrow();
    }

    private static void requests(Api api, String job) throws Exception {
        Map<String, List<Double>> seconds = new LinkedHashMap<>();
        List<String> paths =
                List.of(
                        "/v1/videos/" + job,
                        "/v1/videos?limit=20",
                        "/v1/queue",
                        "/v1/models",
                        "/metrics",
                        "/health",
                        "create and delete");
        paths.forEach(path -> seconds.put(path, new ArrayList<>()));
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        Random random = new Random(22);
        List<Future<?>> all = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < REQUESTS; i++) {
            // Half of them ask for the job, as clients that poll do.
            int kind = random.nextBoolean() ? 0 : random.nextInt(paths.size());
            String path = paths.get(kind);
            all.add(
                    clients.submit(() -> {
                        double took = took(api, path);
                        synchronized (seconds) {
                            seconds.get(path).add(took);
                        }
                    }));
        }
        for (Future<?> one : all) {
            one.get();
        }
        clients.shutdown();
        say(
                "requests in a second, %d clients".formatted(CLIENTS),
                REQUESTS / ((System.nanoTime() - start) / 1e9));
        seconds.forEach((path, list) -> {
            double[] sorted = list.stream().mapToDouble(d -> d * 1e3).sorted().toArray();
            say(
                    "ms p50, p99, most: " + path.replace(job, "{id}"),
                    "%.1f %.1f %.1f (%d)"
                            .formatted(
                                    sorted[sorted.length / 2],
                                    sorted[(int) Math.ceil(sorted.length * 0.99) - 1],
                                    sorted[sorted.length - 1],
                                    sorted.length));
        });
    }

    private static double took(Api api, String path) {
        long start = System.nanoTime();
        if (path.startsWith("/")) {
            int status = api.get(path).status();
            if (status != 200) {
                throw new AssertionError(path + ": " + status);
            }
        } else {
            api.delete("/v1/videos/" + api.create(LONG));
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private static void streams(ServeProcess service, Api api, String job) throws Exception {
        double before = resident(service);
        List<Socket> sockets = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < STREAMS; i++) {
            Socket socket = new RawHttp(service.url()).open();
            RawHttp.write(
                    socket,
                    "GET /v1/videos/%s/events HTTP/1.1\nHost: 127.0.0.1\n\n".formatted(job));
            sockets.add(socket);
        }
        byte[] head = new byte[64];
        for (Socket socket : sockets) {
            int read = socket.getInputStream().readNBytes(head, 0, head.length);
            if (read < head.length || !new String(head).startsWith("HTTP/1.1 200")) {
                throw new AssertionError(new String(head, 0, read));
            }
        }
        say(
                "seconds until %d streams had answers".formatted(STREAMS),
                (System.nanoTime() - start) / 1e9);
        Await.sleep(Duration.ofSeconds(5).toMillis());
        double[] polls = new double[200];
        for (int i = 0; i < polls.length; i++) {
            polls[i] = 1e3 * took(api, "/v1/videos/" + job);
        }
        Arrays.sort(polls);
        say(
                "ms p50, p99 of /v1/videos/{id} with the streams",
                "%.1f %.1f".formatted(polls[polls.length / 2], polls[polls.length * 99 / 100]));
        say("svgen_sse_connections", Metrics.of(api).value("svgen_sse_connections"));
        double now = resident(service);
        say("resident MB with the streams", now);
        say("more resident MB than before the streams", now - before);
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private static void queueFull(Api api) {
        List<String> jobs = new ArrayList<>();
        while (true) {
            Api.Answer answer = api.post("/v1/videos", LONG);
            if (answer.status() != 200) {
                say(
                        "full queue (%d wait)".formatted(jobs.size()),
                        "%d %s, Retry-After %s"
                                .formatted(
                                        answer.status(),
                                        answer.code(),
                                        answer.header("Retry-After")));
                break;
            }
            jobs.add(answer.json().path("id").asString());
        }
        jobs.forEach(id -> api.delete("/v1/videos/" + id));
    }
}

package org.svgen.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A server of videos that answers as it is told to: what a real one says only when it is full, new
 * or half broken.
 */
final class VideoServer implements AutoCloseable {
    private final HttpServer server;
    private final Map<String, String> jobs = new LinkedHashMap<>(); // by idempotency key
    private final Map<String, Integer> asked = new LinkedHashMap<>();
    private final Deque<Integer> creates = new ArrayDeque<>(); // statuses to come
    final List<String> requests = new CopyOnWriteArrayList<>();
    final List<String> bodies = new CopyOnWriteArrayList<>();

    /** How often a job is said to be running before it ends. */
    volatile int rounds = 1;

    /** What a video whose prompt holds "fail" ends with. */
    volatile String refused = "";

    VideoServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/",
                exchange -> {
                    try (exchange) {
                        answer(exchange);
                    }
                });
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The next answers to creates, before they are taken again. */
    synchronized void creates(Integer... statuses) {
        creates.addAll(List.of(statuses));
    }

    synchronized void forget() {
        asked.clear();
    }

    synchronized int jobs() {
        return jobs.size();
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String body =
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.ISO_8859_1);
        requests.add(
                "%s %s %s"
                        .formatted(
                                exchange.getRequestMethod(),
                                path,
                                exchange.getRequestHeaders().getFirst("Authorization")));
        if (path.equals("/v1/videos:plan")) {
            say(
                    exchange,
                    refused.isEmpty() ? 200 : 400,
                    refused.isEmpty() ? "{\"feasible\": true}" : refused);
        } else if (path.equals("/v1/videos")) {
            create(exchange, body);
        } else if (path.endsWith("/content")) {
            say(exchange, 200, "the bytes of " + path.split("/")[3]);
        } else {
            retrieve(exchange, path.split("/")[3]);
        }
    }

    private void create(HttpExchange exchange, String body) throws IOException {
        if (!creates.isEmpty()) {
            exchange.getResponseHeaders().set("Retry-After", "1");
            say(
                    exchange,
                    creates.removeFirst(),
                    "{\"error\": {\"message\": \"the queue is full\"}}");
            return;
        }
        bodies.add(body);
        String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
        if (jobs.containsKey(key) && !asked.containsKey(jobs.get(key))) {
            say(
                    exchange,
                    404,
                    "{\"error\": {\"code\": \"video_deleted\", \"message\": \"deleted\"}}");
            return;
        }
        String id = jobs.computeIfAbsent(key, _ -> "video_%024d".formatted(jobs.size()));
        if (body.contains("fail")) {
            asked.put(id, -1);
        } else {
            asked.putIfAbsent(id, 0);
        }
        say(exchange, 200, "{\"id\": \"%s\", \"status\": \"queued\"}".formatted(id));
    }

    private void retrieve(HttpExchange exchange, String id) throws IOException {
        Integer times = asked.get(id);
        if (times == null) {
            say(exchange, 404, "{\"error\": {\"message\": \"no such video\"}}");
        } else if (times < 0) {
            say(
                    exchange,
                    200,
                    "{\"status\": \"failed\", \"error\": {\"code\": \"broken\", \"message\": \"it broke\"}}");
        } else if (times < rounds) {
            asked.put(id, times + 1);
            say(exchange, 200, "{\"status\": \"in_progress\", \"progress\": 50}");
        } else {
            say(exchange, 200, "{\"status\": \"completed\", \"inference_time_s\": 2.5}");
        }
    }

    private static void say(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}

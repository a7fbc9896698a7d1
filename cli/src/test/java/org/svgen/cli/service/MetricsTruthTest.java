package org.svgen.cli.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** After a storm of random actions the metrics are what has happened. */
class MetricsTruthTest {
    private static final int SEED = 22;
    private static final int ACTIONS = 30;
    private static final List<String> OPTIONS =
            List.of("--checkpoint-every", "0s", "--allow-private-addresses");

    @TempDir Path folder;

    private final Random random = new Random(SEED);
    private final List<String> jobs = new ArrayList<>();
    private final Map<String, Integer> ended = new HashMap<>();

    @Test
    void countersAndGaugesAgreeWithWhatHappened() throws IOException {
        Set<String> received = ConcurrentHashMap.newKeySet();
        HttpServer hook = hook(received);
        try {
            ServeProcess service = ServeProcess.start(folder.resolve("data"), OPTIONS);
            try {
                storm(Api.of(service.url()), hook.getAddress().getPort());
                requireTrue(Api.of(service.url()), received);
                service.terminate();
                service.waitFor();
                service = ServeProcess.start(folder.resolve("data"), OPTIONS);
                storm(Api.of(service.url()), hook.getAddress().getPort());
                service.kill();
                service = ServeProcess.start(folder.resolve("data"), OPTIONS);
                requireTrue(Api.of(service.url()), received);
            } finally {
                service.close();
            }
        } finally {
            hook.stop(0);
        }
    }

    /** A service that is killed may deliver again what it had no time to note: with the same id. */
    private static HttpServer hook(Set<String> received) throws IOException {
        HttpServer hook =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        hook.createContext(
                "/",
                exchange -> {
                    exchange.getRequestBody().readAllBytes();
                    received.add(exchange.getRequestHeaders().getFirst("webhook-id"));
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                });
        hook.start();
        return hook;
    }

    /** Creates, cancels and deletes, all of jobs that wait or have ended, and looks in between. */
    private void storm(Api api, int hook) {
        api.post("/v1/queue:pause");
        for (int action = 0; action < ACTIONS; action++) {
            switch (random.nextInt(jobs.isEmpty() ? 1 : 5)) {
                case 0, 1 -> jobs.add(api.create(body(hook)));
                case 2 -> cancel(api, jobs.get(random.nextInt(jobs.size())));
                case 3 -> delete(api, jobs.remove(random.nextInt(jobs.size())));
                default -> requireGauges(api);
            }
        }
        while (waiting(api).size() > 2) { // few are made, the others cost time alone
            cancel(api, waiting(api).getFirst());
        }
        requireGauges(api);
        api.post("/v1/queue:resume");
        for (String job : jobs) {
            api.ended(job);
        }
    }

    private Map<String, Object> body(int hook) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("prompt", "a red circle moves right on a black background");
        body.put("size", "64x64");
        body.put("num_frames", 9);
        body.put("num_inference_steps", 3);
        body.put("seed", random.nextInt());
        if (random.nextBoolean()) {
            body.put("webhook_url", "http://127.0.0.1:%d/".formatted(hook));
        }
        return body;
    }

    private void cancel(Api api, String job) {
        api.post("/v1/videos/" + job + "/cancel");
    }

    /** What it was is known no more later, so it is counted now. */
    private void delete(Api api, String job) {
        JsonNode video = api.video(job);
        count(video.path("status").asString("").equals("queued") ? "cancelled" : outcome(video));
        assertThat(api.delete("/v1/videos/" + job).status()).isEqualTo(200);
    }

    private void count(String outcome) {
        ended.merge(outcome, 1, Integer::sum);
    }

    private static String outcome(JsonNode video) {
        String code = video.at("/error/code").asString("");
        return code.equals("cancelled") ? code : video.path("status").asString("");
    }

    private static List<String> waiting(Api api) {
        List<String> waiting = new ArrayList<>();
        api.get("/v1/queue").json().path("queued").forEach(id -> waiting.add(id.asString("")));
        return waiting;
    }

    private static void requireGauges(Api api) {
        double before = System.currentTimeMillis() / 1e3;
        Metrics metrics = Metrics.of(api);
        double after = System.currentTimeMillis() / 1e3;
        List<String> waiting = waiting(api);
        assertThat(metrics.value("svgen_queue_jobs", "state", "queued")).isEqualTo(waiting.size());
        assertThat(metrics.value("svgen_queue_jobs", "state", "in_progress")).isZero();
        double age = metrics.value("svgen_queue_oldest_seconds");
        if (waiting.isEmpty()) {
            assertThat(age).isZero();
            return;
        }
        long oldest = // in whole seconds
                waiting.stream()
                        .mapToLong(id -> api.video(id).path("created_at").asLong())
                        .min()
                        .orElseThrow();
        assertThat(age).isBetween(before - oldest - 1.1, after - oldest + 0.1);
    }

    private void requireTrue(Api api, Set<String> received) {
        Map<String, Integer> all = new HashMap<>(ended);
        for (String job : jobs) {
            all.merge(outcome(api.ended(job)), 1, Integer::sum);
        }
        Metrics metrics = Metrics.of(api);
        for (String outcome : List.of("completed", "failed", "cancelled")) {
            assertThat(metrics.value("svgen_jobs_total", "outcome", outcome))
                    .as(outcome)
                    .isEqualTo(all.getOrDefault(outcome, 0).doubleValue());
        }
        assertThat(all.get("completed")).isPositive();
        assertThat(all.get("cancelled")).isPositive();
        Await.until(() -> received.size() == delivered(api));
        assertThat(delivered(api)).isPositive();
        assertThat(metrics.value("svgen_recovered_jobs_total", "how", "quarantined")).isZero();
        requireGauges(api);
        requireRequests(api);
        requireStreams(api);
    }

    private static double delivered(Api api) {
        return Metrics.of(api).value("svgen_webhook_deliveries_total", "outcome", "delivered");
    }

    /** Of a route that nobody else asks meanwhile. */
    private static void requireRequests(Api api) {
        String name = "http_server_request_duration_seconds_count";
        String[] labels = {"http_route", "/v1/models/{model}", "http_response_status_code", "404"};
        for (int i = 0; i < 7; i++) {
            api.get("/v1/models/none-" + i);
        }
        assertThat(Metrics.of(api).value(name, labels)).isEqualTo(7);
    }

    private static void requireStreams(Api api) {
        try (EventReader first = new EventReader(api, "/v1/events");
                EventReader second = new EventReader(api, "/v1/events")) {
            assertThat(first.isOver() || second.isOver()).isFalse();
            assertThat(Metrics.of(api).value("svgen_sse_connections")).isEqualTo(2);
        }
    }
}

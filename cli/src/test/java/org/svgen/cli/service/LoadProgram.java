package org.svgen.cli.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How a service answers while it makes a video: {@code tools/serve-load.sh} calls it. It prints a
 * line for each figure, and ends with 1 if one of them is not as it should be.
 */
final class LoadProgram {
    private static final int QUEUE = 20;
    private static final int POLLS = 500;
    private static final String PROMPT = "a red circle moves right on a black background";

    /** Takes minutes: as the demo model recommends it, but for its steps. */
    private static final Map<String, Object> LONG =
            Map.of("prompt", PROMPT, "num_inference_steps", 500, "seed", 1);

    /** Of a request that only waits. */
    static final Map<String, Object> SHORT =
            Map.of("prompt", PROMPT, "num_inference_steps", 20, "seed", 2);

    private LoadProgram() {}

    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory("svgen-load");
        LoadTable table = new LoadTable();
        table.say("cores", Runtime.getRuntime().availableProcessors());
        table.say("load average at the start", load());
        LoadStart.measure(table, folder.resolve("start"));
        List<String> options = List.of("--queue-limit", String.valueOf(QUEUE));
        try (ServeProcess service = ServeProcess.start(folder.resolve("data"), options)) {
            Api api = Api.of(service.url());
            Await.until(() -> api.get("/ready").status() == 200);
            table.say("MB resident, demo loaded", Memory.resident(service.pid()));
            LoadHeads heads = LoadHeads.open(service);
            String job = api.create(LONG);
            api.running(job);
            LoadRequests requests = new LoadRequests(api, job);
            requests.measure(table);
            try (LoadStreams streams = new LoadStreams(table, service, api, job)) {
                streams.measure(table, api);
                requests.measureOneClient(table, POLLS);
                queueFull(table, api);
                heads.measure(table);
                String state = api.status(job);
                table.holds(
                        "the video all this time",
                        state,
                        "in_progress",
                        state.equals("in_progress"));
                api.post("/v1/videos/%s/cancel".formatted(job));
                streams.measureEnd(table);
            }
        }
        table.say("load average at the end", load());
        System.exit(table.wrong() == 0 ? 0 : 1);
    }

    private static String load() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).strip();
    }

    private static void queueFull(LoadTable table, Api api) {
        List<String> jobs = new ArrayList<>();
        Api.Answer answer = api.post("/v1/videos", SHORT);
        while (answer.status() == 200) {
            jobs.add(answer.json().path("id").asString());
            answer = api.post("/v1/videos", SHORT);
        }
        String retry = answer.header("Retry-After");
        table.holds(
                "full queue (%d wait)".formatted(jobs.size()),
                "%d %s, Retry-After %s".formatted(answer.status(), answer.code(), retry),
                "429",
                answer.isCode(429, "queue_full")
                        && retry.matches("[1-9]|[1-5]\\d|60")
                        && jobs.size() == QUEUE);
        jobs.forEach(id -> api.delete("/v1/videos/" + id));
    }
}

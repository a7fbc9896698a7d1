package org.svgen.cli.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What ends a run before its time: cancel, delete, signals. Each takes a step at most. */
class ServeStopTest {
    /** Of writing, of the machine's other work. */
    private static final double SLACK_SECONDS = 3;

    private static final Map<String, Object> LONG =
            Map.of(
                    "prompt",
                    "a red circle moves right on a black background",
                    "size",
                    "96x96",
                    "num_frames",
                    17,
                    "num_inference_steps",
                    400,
                    "attention",
                    "dense");

    @TempDir Path folder;

    private ServeProcess start() {
        return ServeProcess.start(folder.resolve("data"), List.of("--checkpoint-every", "1h"));
    }

    private StoreTruth.Row row(String id) {
        return StoreTruth.ofFolder(folder.resolve("data")).jobs().stream()
                .filter(job -> job.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void cancelAndDeleteFreeTheDeviceWithinAStep() throws IOException {
        try (ServeProcess service = start()) {
            Api api = Api.of(service.url());
            String first = api.create(LONG);
            String second = api.create(LONG);
            String third = api.create(LONG);
            try (EventReader events = new EventReader(api, "/v1/videos/" + first + "/events");
                    EventReader next = new EventReader(api, "/v1/videos/" + second + "/events")) {
                events.awaitStep(5);
                long start = System.nanoTime();
                assertThat(api.post("/v1/videos/" + first + "/cancel").status()).isEqualTo(200);
                int step = events.step(); // when the answer came
                JsonNode ended = api.ended(first);
                requireSoon(start, events);
                assertThat(ended.at("/error/code").asString()).isEqualTo("cancelled");
                assertThat(ended.path("status").asString()).isEqualTo("failed");
                assertThat(events.step()).isLessThanOrEqualTo(step + 2);
                Await.until(events::isOver);
                assertThat(events.events().getLast().name()).isEqualTo("failed");
                assertThat(api.post("/v1/videos/" + first + "/cancel").json())
                        .isEqualTo(api.video(first));

                next.awaitStep(3);
                long deleted = System.nanoTime();
                assertThat(api.delete("/v1/videos/" + second).status()).isEqualTo(200);
                assertThat(api.get("/v1/videos/" + second).status()).isEqualTo(404);
                Await.until(() -> api.status(third).equals("in_progress"));
                requireSoon(deleted, next);
                Await.until(next::isOver);
            }
            assertThat(api.post("/v1/videos/" + third + "/cancel").status()).isEqualTo(200);
            api.ended(third);
            Await.until(() -> !api.get("/v1/queue").text().contains(third));
            try (Stream<Path> files = Files.walk(folder.resolve("data"))) {
                assertThat(files).noneMatch(file -> file.toString().contains(second));
            }
        }
    }

    /** By the longest step that there was, since the machine may be busy with others' work. */
    private static void requireSoon(long start, EventReader steps) {
        double seconds = (System.nanoTime() - start) / 1e9;
        assertThat(seconds).isLessThan(2 * steps.longestStep() + SLACK_SECONDS);
    }

    @Test
    void aSignalKeepsHowFarTheRunIsAndASecondOneEndsAtOnce() throws Exception {
        String job;
        int step;
        int told;
        try (ServeProcess service = start()) {
            Api api = Api.of(service.url());
            job = api.create(LONG);
            try (EventReader events = new EventReader(api, "/v1/videos/" + job + "/events")) {
                events.awaitStep(4);
                step = events.step();
                long start = System.nanoTime();
                service.terminate();
                assertThat(service.waitFor()).as(service.log()).isZero();
                requireSoon(start, events);
                told = Math.max(step, events.step());
            }
            assertThat(service.printed()).containsExactly(api.base().toString());
        }
        StoreTruth.Row kept = row(job);
        assertThat(kept.state()).isEqualTo("queued");
        assertThat(kept.checkpoint()).isBetween(step, told + 2);
        try (Stream<Path> files = Files.list(folder.resolve("data/scratch"))) {
            assertThat(files).isEmpty();
        }
        try (ServeProcess service = start()) {
            Api api = Api.of(service.url());
            try (EventReader events = new EventReader(api, "/v1/videos/" + job + "/events")) {
                events.awaitStep(kept.checkpoint() + 2);
                assertThat(steps(events)).allMatch(done -> done >= kept.checkpoint());
                assertThat(Metrics.of(api).value("svgen_recovered_jobs_total", "how", "resumed"))
                        .isEqualTo(1);
                service.terminate();
                service.terminate();
                service.waitFor();
            }
        }
        assertThat(row(job).checkpoint()).isGreaterThanOrEqualTo(kept.checkpoint());
        assertThat(row(job).state()).isIn("queued", "in_progress");
    }

    private static List<Integer> steps(EventReader events) {
        return events.events().stream().map(EventReader.Event::step).filter(s -> s > 0).toList();
    }
}

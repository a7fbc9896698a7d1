package org.svgen.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.server.http.ServedVideos.Answer;
import org.svgen.server.job.JobId;
import org.svgen.server.store.QueueLimits;
import org.svgen.server.work.Live;

/** Each refusal has the status, the code and the form by which clients choose what to do. */
class ErrorsTest {
    private static final String ID = "video_abcdefghijklmnopqrstuvwx";
    private static final String OK = "{\"prompt\":\"a cat\"}";

    @TempDir Path folder;
    private ServedVideos served;

    @BeforeEach
    void start() throws IOException {
        ServedVideos.Setup setup = new ServedVideos.Setup();
        HttpSettings.Limits usual = ServedVideos.LIMITS;
        served =
                setup.limits(
                                new HttpSettings.Limits(
                                        new QueueLimits(3, 2),
                                        usual.body(),
                                        usual.createsPerSecond(),
                                        usual.othersPerMinute(),
                                        usual.connections(),
                                        usual.idle()))
                        .start(folder);
    }

    @AfterEach
    void stop() {
        served.close();
    }

    private static void is(Answer answer, int status, String type, String code) {
        answer.isError(status, type, code);
    }

    @Test
    void aPictureForAModelOfTextsAloneIsRefused() throws IOException {
        String png =
                "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
        String body =
                "{\"prompt\":\"x\",\"model\":\"%s\",\"input_reference\":\"data:image/png;base64,"
                        + png
                        + "\"}";
        Answer refused = served.post("/v1/videos", body.formatted("demo"));
        is(refused, 400, "invalid_request_error", "invalid_value");
        assertThat(refused.param()).isEqualTo("input_reference");

        Answer taken = served.post("/v1/videos", body.formatted("lab/animator"));
        assertThat(taken.status()).isEqualTo(200);
        assertThat(served.blobs.list("jobs/" + taken.id())).hasSize(1);
    }

    @Test
    void anUnknownVariantIsNamed() throws IOException {
        JobId id = served.created();
        Answer answer = served.get("/v1/videos/" + id + "/content?variant=audio");

        is(answer, 400, "invalid_request_error", "invalid_value");
        assertThat(answer.param()).isEqualTo("variant");
    }

    @Test
    void contentThatIsStillToComeIsNotReady() throws IOException {
        JobId id = served.created();

        is(
                served.get("/v1/videos/" + id + "/content"),
                404,
                "invalid_request_error",
                "video_not_ready");
        served.claimed();
        assertThat(served.get("/v1/videos/" + id + "/preview").code()).isEqualTo("video_not_ready");
    }

    @Test
    void contentOfAFailedOrAnExpiredVideoIsNotFound() throws IOException {
        JobId failed = served.created();
        served.failed(served.claimed());
        JobId expired = served.created();
        served.completed(served.claimed(), "bytes");
        served.store.retention().contentGone(expired);

        for (JobId id : new JobId[] {failed, expired}) {
            is(
                    served.get("/v1/videos/" + id + "/content"),
                    404,
                    "invalid_request_error",
                    "not_found");
        }
    }

    @Test
    void anIdempotencyKeyStandsForOneBody() throws IOException {
        Answer first = served.post("/v1/videos", OK, "Idempotency-Key", "k1");
        Answer again =
                served.post("/v1/videos", "{ \"prompt\": \"a cat\" }", "Idempotency-Key", "k1");
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.header("idempotent-replayed")).isEqualTo("true");
        assertThat(again.id()).isEqualTo(first.id());
        assertThat(first.header("idempotent-replayed")).isEmpty();

        is(
                served.post("/v1/videos", "{\"prompt\":\"b\"}", "Idempotency-Key", "k1"),
                422,
                "invalid_request_error",
                "idempotency_key_reused");
        served.delete("/v1/videos/" + first.id());
        is(
                served.post("/v1/videos", OK, "Idempotency-Key", "k1"),
                404,
                "invalid_request_error",
                "video_deleted");
        Answer bad = served.post("/v1/videos", OK, "Idempotency-Key", "x".repeat(256));
        is(bad, 400, "invalid_request_error", "invalid_value");
        assertThat(bad.param()).isEqualTo("Idempotency-Key");
        assertThat(served.get("/v1/videos").json().path("data")).isEmpty();
    }

    @Test
    void anIdempotencyKeyIsFreeBeforeItsRequestIsAnswered() throws IOException {
        // The news of a video comes out before the answer: whoever has either may ask again.
        List<Answer> early = new CopyOnWriteArrayList<>();
        try (Live.Subscription _ = served.runs.subscribe(_ -> early.add(sentWithKey("k")))) {
            Answer first = sentWithKey("k");
            assertThat(early).hasSize(1);
            assertThat(early.getFirst().status()).as(early.toString()).isEqualTo(200);
            assertThat(early.getFirst().id()).isEqualTo(first.id());
        }
    }

    private Answer sentWithKey(String key) {
        try {
            return served.post("/v1/videos", OK, "Idempotency-Key", key);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aFullQueueSaysWhenToComeBack() throws IOException {
        served.created();
        served.created();

        Answer answer = served.post("/v1/videos", OK);

        is(answer, 429, "rate_limit_error", "queue_full");
        assertThat(answer.header("retry-after")).isEqualTo("30");
        assertThat(served.post("/v1/videos", OK, "Idempotency-Key", "k").status()).isEqualTo(429);
    }

    @Test
    void aFullDiskTakesNothingButShowsEverything() throws IOException {
        JobId id = served.created();
        served.runs.full = Optional.of("the disk is nearly full");

        Answer answer = served.post("/v1/videos", OK);

        is(answer, 503, "server_error", "unavailable");
        assertThat(answer.header("retry-after")).isEqualTo("10");
        assertThat(served.get("/v1/videos/" + id).status()).isEqualTo(200);
        assertThat(served.delete("/v1/videos/" + id).status()).isEqualTo(200);
    }

    @Test
    void aServiceThatStopsTakesNothing() throws IOException {
        served.web.stopping();

        is(served.post("/v1/videos", OK), 503, "server_error", "unavailable");
        assertThat(served.get("/ready").status()).isEqualTo(503);
        assertThat(served.get("/v1/videos").status()).isEqualTo(200);
    }

    @Test
    void aClosedStoreIsUnavailable() throws IOException {
        served.store.close();

        is(served.get("/v1/videos"), 503, "server_error", "unavailable");
        is(served.post("/v1/videos", OK), 503, "server_error", "unavailable");
        assertThat(served.get("/health").status()).isEqualTo(200);
    }
}

package org.svgen.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.server.http.ServedVideos.Answer;
import org.svgen.server.job.Claim;
import org.svgen.server.job.JobId;
import org.svgen.tensor.BadInputException;
import tools.jackson.databind.JsonNode;

class VideosTest {
    @TempDir Path folder;
    private ServedVideos served;

    @BeforeEach
    void start() throws IOException {
        served = ServedVideos.start(folder);
    }

    @AfterEach
    void stop() {
        served.close();
    }

    private Answer create(String json) throws IOException {
        return served.post("/v1/videos", json);
    }

    private JsonNode video(JobId id) throws IOException {
        return served.get("/v1/videos/" + id).json();
    }

    @Test
    void aNewVideoHasTheFieldsThatClientsRead() throws IOException {
        Answer answer =
                create("{\"prompt\":\"a cat\",\"model\":\"demo\",\"size\":\"160x80\",\"seed\":5}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(answer.header("x-request-id")).startsWith("req_");
        JsonNode video = answer.json();
        assertThat(video.path("id").asString()).matches("video_[A-Za-z0-9]{24,58}");
        assertThat(video.path("object").asString()).isEqualTo("video");
        assertThat(video.path("model").asString()).isEqualTo("demo");
        assertThat(video.path("status").asString()).isEqualTo("queued");
        assertThat(video.path("progress").asInt()).isZero();
        assertThat(video.path("created_at").asLong()).isGreaterThan(1_700_000_000);
        assertThat(video.path("size").asString()).isEqualTo("160x80");
        assertThat(video.path("seconds").isString()).isTrue();
        assertThat(video.path("seconds").asString()).isEqualTo("1.125");
        assertThat(video.path("prompt").asString()).isEqualTo("a cat");
        assertThat(video.path("num_frames").asInt()).isEqualTo(9);
        assertThat(video.path("fps").asDouble()).isEqualTo(8);
        assertThat(video.path("seed").asInt()).isEqualTo(5);
        assertThat(video.path("queue_position").asInt()).isEqualTo(1);
        assertThat(video.path("eta_seconds").asDouble()).isEqualTo(30);
        assertThat(video.path("settings").path("num_inference_steps").asInt()).isEqualTo(4);
        for (String field :
                List.of(
                        "completed_at",
                        "expires_at",
                        "remixed_from_video_id",
                        "error",
                        "url",
                        "file_path",
                        "inference_time_s",
                        "peak_memory_mb",
                        "stage_durations",
                        "quality")) {
            assertThat(video.has(field)).as(field).isTrue();
            assertThat(video.path(field).isNull()).as(field).isTrue();
        }
    }

    @Test
    void aVideoThatRunsTellsHowFarItIsAndHowOftenToAsk() throws IOException {
        JobId id = served.created();
        served.claimed();
        served.runs.progressed(id, EventsTest.progress(2));

        Answer answer = served.get("/v1/videos/" + id);

        assertThat(answer.header("openai-poll-after-ms")).isEqualTo("1000");
        assertThat(answer.json().path("status").asString()).isEqualTo("in_progress");
        assertThat(answer.json().path("progress").asInt()).isEqualTo(50);
        assertThat(answer.json().path("eta_seconds").asDouble()).isEqualTo(2);
        assertThat(answer.json().path("attempts").asInt()).isEqualTo(1);
        assertThat(answer.json().path("error").isNull()).isTrue();
    }

    @Test
    void aCompletedVideoTellsWhereItIsAndWhatItTook() throws IOException {
        JobId id = served.created();
        served.completed(served.claimed(), "bytes");

        JsonNode video = video(id);

        assertThat(video.path("status").asString()).isEqualTo("completed");
        assertThat(video.path("progress").asInt()).isEqualTo(100);
        assertThat(video.path("completed_at").asLong()).isGreaterThan(1_700_000_000);
        assertThat(video.path("expires_at").isNumber()).isTrue();
        assertThat(video.path("error").isNull()).isTrue();
        assertThat(video.path("url").asString())
                .isEqualTo(served.uri("/v1/videos/" + id + "/content").toString());
        assertThat(video.path("media_type").asString()).isEqualTo("video/mp4");
        assertThat(video.path("file_name").asString()).isEqualTo(id + ".mp4");
        assertThat(video.path("file_path").isNull()).isTrue();
        assertThat(video.path("inference_time_s").asDouble()).isEqualTo(1.5);
        assertThat(video.path("stage_durations").path("denoise").asDouble()).isEqualTo(1.25);
        assertThat(video.path("quality").path("verdict").asString()).isEqualTo("unchecked");
        assertThat(served.get("/v1/videos/" + id).header("openai-poll-after-ms")).isEmpty();
    }

    @Test
    void aFailedVideoSaysWhy() throws IOException {
        JobId id = served.created();
        served.failed(served.claimed());

        JsonNode video = video(id);

        assertThat(video.path("status").asString()).isEqualTo("failed");
        assertThat(video.path("error").path("code").asString()).isEqualTo("out_of_memory");
        assertThat(video.path("error").path("message").asString()).isEqualTo("no room");
        assertThat(video.path("completed_at").isNull()).isTrue();
    }

    @Test
    void pagesNeitherRepeatNorSkip() throws IOException {
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            made.addFirst(served.created().value());
        }
        List<String> listed = new ArrayList<>();
        String after = "";
        boolean more = true;
        while (more) {
            JsonNode page = served.get("/v1/videos?limit=2&odd=1" + after).json();
            assertThat(page.path("object").asString()).isEqualTo("list");
            page.path("data").forEach(video -> listed.add(video.path("id").asString()));
            assertThat(page.path("first_id").asString())
                    .isEqualTo(page.path("data").path(0).path("id").asString());
            assertThat(page.path("last_id").asString()).isEqualTo(listed.getLast());
            after = "&after=" + page.path("last_id").asString();
            more = page.path("has_more").asBoolean();
        }
        assertThat(listed).isEqualTo(made);
        assertThat(served.get("/v1/videos?order=asc").json().path("first_id").asString())
                .isEqualTo(made.getLast());
        JsonNode places = served.get("/v1/videos").json().path("data");
        assertThat(places.path(0).path("queue_position").asInt()).isEqualTo(5);
    }

    @Test
    void anEmptyListHasNoIds() throws IOException {
        JsonNode page = served.get("/v1/videos").json();

        assertThat(page.path("data")).isEmpty();
        assertThat(page.path("first_id").isNull()).isTrue();
        assertThat(page.path("last_id").isNull()).isTrue();
        assertThat(page.path("has_more").asBoolean()).isFalse();
    }

    @Test
    void listsAreFiltered() throws IOException {
        JobId cat = served.created();
        create("{\"prompt\":\"a dog\"}");
        served.claimed();

        assertThat(served.get("/v1/videos?q=CAT").json().path("data")).hasSize(1);
        assertThat(served.get("/v1/videos?status=in_progress").json().path("first_id").asString())
                .isEqualTo(cat.value());
        assertThat(served.get("/v1/videos?model=other").json().path("data")).isEmpty();
    }

    @Test
    void cancelFreesTheWorkerAndMayBeSentTwice() throws IOException {
        JobId id = served.created();
        Claim claim = served.claimed();

        assertThat(served.post("/v1/videos/" + id + "/cancel", "").status()).isEqualTo(200);
        assertThat(served.runs.cancelled).containsExactly(id);
        served.failed(claim);

        JsonNode again = served.post("/v1/videos/" + id + "/cancel", "").json();
        assertThat(again.path("status").asString()).isEqualTo("failed");
        assertThat(again.path("error").path("code").asString()).isEqualTo("cancelled");
    }

    @Test
    void cancelLeavesWhatIsCompleted() throws IOException {
        JobId id = served.created();
        served.completed(served.claimed(), "bytes");

        assertThat(served.post("/v1/videos/" + id + "/cancel", "").json().path("status").asString())
                .isEqualTo("completed");
    }

    @Test
    void deleteRemovesRecordAndFilesInAnyState() throws IOException {
        JobId waiting = served.created();
        assertThat(served.delete("/v1/videos/" + waiting).json().toString())
                .isEqualTo(
                        "{\"id\":\"%s\",\"object\":\"video.deleted\",\"deleted\":true}"
                                .formatted(waiting));
        JobId running = served.created();
        served.claimed();
        served.delete("/v1/videos/" + running);
        assertThat(served.runs.cancelled).contains(running);
        JobId done = served.created();
        served.completed(served.claimed(), "bytes");
        served.delete("/v1/videos/" + done);

        assertThat(served.blobs.list("jobs")).isEmpty();
        for (JobId id : List.of(waiting, running, done)) {
            assertThat(served.get("/v1/videos/" + id).status()).isEqualTo(404);
            assertThat(served.delete("/v1/videos/" + id).status()).isEqualTo(404);
            assertThat(served.get("/v1/videos/" + id + "/content").status()).isEqualTo(404);
        }
    }

    @Test
    void remixVariesACompletedVideo() throws IOException {
        JobId id = create("{\"prompt\":\"a cat\",\"seed\":5,\"size\":\"80x80\"}").id();
        assertThat(served.post("/v1/videos/" + id + "/remix", "{\"prompt\":\"b\"}").status())
                .isEqualTo(400);
        served.completed(served.claimed(), "bytes");

        JsonNode remix = served.post("/v1/videos/" + id + "/remix", "{\"prompt\":\"b\"}").json();

        assertThat(remix.path("remixed_from_video_id").asString()).isEqualTo(id.value());
        assertThat(remix.path("prompt").asString()).isEqualTo("b");
        assertThat(remix.path("seed").asInt()).isEqualTo(5);
        assertThat(remix.path("size").asString()).isEqualTo("80x80");
    }

    @Test
    void videosThatWaitAreMovedAndOthersAreNot() throws IOException {
        JobId first = served.created();
        JobId second = served.created();

        assertThat(
                        served.patch("/v1/videos/" + second, "{\"before\":\"%s\"}".formatted(first))
                                .json()
                                .path("queue_position")
                                .asInt())
                .isEqualTo(1);
        assertThat(
                        served.patch(
                                        "/v1/videos/" + first,
                                        "{\"priority\":3,\"metadata\":{\"a\":\"b\"}}")
                                .json()
                                .path("metadata")
                                .path("a")
                                .asString())
                .isEqualTo("b");
        assertThat(served.get("/v1/queue").json().path("queued").path(0).asString())
                .isEqualTo(first.value());

        served.claimed();
        Answer late = served.patch("/v1/videos/" + first, "{\"priority\":1}");
        assertThat(late.status()).isEqualTo(409);
        assertThat(late.header("x-should-retry")).isEqualTo("false");
        Answer nowhere =
                served.patch("/v1/videos/" + second, "{\"after\":\"%s\"}".formatted(first));
        assertThat(nowhere.status()).isEqualTo(400);
        assertThat(nowhere.param()).isEqualTo("after");
        assertThat(served.patch("/v1/videos/" + second, "{\"prompt\":\"x\"}").param())
                .isEqualTo("prompt");
    }

    @Test
    void theQueueIsPausedAndGoesOn() throws IOException {
        assertThat(served.post("/v1/queue:pause", "").json().path("paused").asBoolean()).isTrue();
        assertThat(served.get("/v1/queue").json().path("paused").asBoolean()).isTrue();
        assertThat(served.post("/v1/queue:resume", "").json().path("paused").asBoolean()).isFalse();
    }

    @Test
    void aPlanQueuesNothing() throws IOException {
        String body = "{\"prompt\":\"a cat\",\"num_frames\":101}";

        JsonNode plan = served.post("/v1/videos:plan", body).json();

        assertThat(plan.path("object").asString()).isEqualTo("video.plan");
        assertThat(plan.path("feasible").asBoolean()).isFalse();
        assertThat(plan.path("reason").asString()).isEqualTo("too many frames");
        assertThat(plan.path("alternatives").path(0).path("settings").path("num_frames").asInt())
                .isEqualTo(97);
        assertThat(plan.path("queue").path("position").asInt()).isEqualTo(1);
        assertThat(served.post("/v1/videos?dry_run=true", body).json()).isEqualTo(plan);
        assertThat(served.get("/v1/videos").json().path("data")).isEmpty();
    }

    @Test
    void modelsAreListedWithWhatTheyDo() throws IOException {
        JsonNode model = served.get("/v1/models").json().path("data").path(0);

        assertThat(model.path("id").asString()).isEqualTo("demo");
        assertThat(model.path("object").asString()).isEqualTo("model");
        assertThat(model.path("task").asString()).isEqualTo("text-to-video");
        assertThat(model.path("pictures").path("input_reference").asString()).isEqualTo("none");
        assertThat(model.path("pictures").path("last_image").asString()).isEqualTo("none");
        assertThat(model.path("defaults").path("num_frames").asInt()).isEqualTo(9);
        assertThat(model.path("licence").asString()).isEqualTo("Apache-2.0");
        assertThat(served.get("/v1/models/sora-2").json()).isEqualTo(model);
        JsonNode animator = served.get("/v1/models/lab/animator").json().path("pictures");
        assertThat(animator.path("input_reference").asString()).isEqualTo("required");
        assertThat(animator.path("last_image").asString()).isEqualTo("optional");
        assertThat(served.get("/v1/models/lab%2Fanimator").status()).isEqualTo(200);
        assertThat(served.get("/v1/models/none").status()).isEqualTo(404);
    }

    @Test
    void anAliasNamesAModelAndTheAnswerSaysWhich() throws IOException {
        assertThat(
                        create("{\"prompt\":\"x\",\"model\":\"sora-2\"}")
                                .json()
                                .path("model")
                                .asString())
                .isEqualTo("demo");
    }

    @Test
    void secondsBecomeTheNearestNumberOfFrames() throws IOException {
        JsonNode video = create("{\"prompt\":\"x\",\"seconds\":\"4\"}").json();

        assertThat(video.path("num_frames").asInt()).isEqualTo(33);
        assertThat(video.path("seconds").asString()).isEqualTo("4.125");
        assertThat(
                        create("{\"prompt\":\"x\",\"seconds\":4,\"fps\":16}")
                                .json()
                                .path("num_frames")
                                .asInt())
                .isEqualTo(65);
    }

    @Test
    void ignoredFieldsAreSaid() throws IOException {
        assertThat(
                        create("{\"prompt\":\"x\",\"enable_teacache\":true}")
                                .json()
                                .path("warnings")
                                .path(0)
                                .asString())
                .isEqualTo("ignored: enable_teacache");
    }

    @Test
    void aPortThatIsTakenIsSaidInOneLine() {
        HttpSettings taken =
                new HttpSettings(
                        served.settings.address(),
                        served.port(),
                        List.of(),
                        List.of(),
                        Map.of(),
                        false,
                        ServedVideos.LIMITS);

        assertThatThrownBy(() -> Web.start(taken, served.parts, "1"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("port " + served.port())
                .hasMessageContaining("in use");
    }

    @Test
    void probesAnswer() throws IOException {
        assertThat(served.get("/health").status()).isEqualTo(200);
        assertThat(served.get("/ready").status()).isEqualTo(200);
        served.runs.unready = Optional.of("the model is being opened");
        Answer unready = served.get("/ready");
        assertThat(unready.status()).isEqualTo(503);
        assertThat(unready.header("retry-after")).isEqualTo("5");
        assertThat(unready.json().path("error").path("message").asString())
                .isEqualTo("the model is being opened");
        assertThat(served.get("/health").status()).isEqualTo(200);
        assertThat(served.get("/metrics").text()).isEqualTo("svgen_up 1\n");
    }

    @Test
    void theServiceTellsItsVersionAndItsDevices() throws IOException {
        JsonNode server = served.get("/v1/server").json();

        assertThat(server.path("version").asString()).isEqualTo("1.2.3");
        JsonNode open = server.path("devices").path(0);
        assertThat(open.path("id").asString()).isEqualTo("cuda:0");
        assertThat(open.path("backend").asString()).isEqualTo("cuda");
        assertThat(open.path("name").asString()).isEqualTo("NVIDIA H200");
        assertThat(open.path("memory_bytes").asLong()).isEqualTo(150_000_000_000L);
        assertThat(open.path("ready").asBoolean()).isTrue();
        assertThat(open.path("reason").isNull()).isTrue();
        JsonNode other = server.path("devices").path(1);
        assertThat(other.path("name").isNull()).isTrue();
        assertThat(other.path("ready").asBoolean()).isFalse();
        assertThat(other.path("reason").asString()).isEqualTo("the models are loaded");
    }
}

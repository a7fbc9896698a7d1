package org.svgen.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.server.http.ServedVideos.Answer;
import org.svgen.server.job.JobId;
import org.svgen.server.keys.KeyFile;
import org.svgen.server.keys.NewKey;
import org.svgen.server.keys.Scope;

class KeysTest {
    private static final String OK = "{\"prompt\":\"a cat\"}";

    @TempDir Path folder;
    private ServedVideos served;
    private String anna;
    private String ben;
    private String reader;
    private String admin;

    @BeforeEach
    void start() throws IOException {
        anna = key("anna", Scope.VIDEOS);
        ben = key("ben", Scope.VIDEOS);
        reader = key("reader", Scope.READ);
        admin = key("admin", Scope.ADMIN);
        served =
                new ServedVideos.Setup()
                        .keys(KeyFile.of(folder.resolve("keys"), _ -> {}))
                        .start(folder);
    }

    private String key(String name, Scope... scopes) {
        NewKey key = NewKey.create(name, Set.of(scopes));
        KeyFile.add(folder.resolve("keys"), key);
        return "Bearer " + key.text();
    }

    @AfterEach
    void stop() {
        served.close();
    }

    private Answer get(String path, String key) throws IOException {
        return served.get(path, "Authorization", key);
    }

    private Answer post(String path, String body, String key) throws IOException {
        return served.post(path, body, "Authorization", key);
    }

    private static void unknown(Answer answer) {
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.code()).isEqualTo("invalid_api_key");
        assertThat(answer.header("www-authenticate")).isEqualTo("Bearer");
    }

    @Test
    void withoutAKeyNothingIsShown() throws IOException {
        for (String path :
                new String[] {
                    "/v1/videos", "/v1/events", "/v1/queue", "/v1/models", "/v1/server", "/metrics"
                }) {
            showsNothing(path);
        }
    }

    private void showsNothing(String path) throws IOException {
        unknown(served.get(path));
        unknown(get(path, "Bearer sk-svgen-" + "0".repeat(43)));
        unknown(get(path, "Basic " + anna.substring(7)));
        unknown(get(path, anna + "x"));
        unknown(get(path + "?api_key=" + anna.substring(7), ""));
    }

    @Test
    void probesAndThePageNeedNoKey() throws IOException {
        assertThat(served.get("/health").status()).isEqualTo(200);
        assertThat(served.get("/ready").status()).isEqualTo(200);
        assertThat(served.get("/openapi.json").status()).isEqualTo(200);
        assertThat(served.get("/docs").status()).isEqualTo(200);
    }

    @Test
    void aBodyIsNotReadForWhoHasNoKey() throws IOException {
        unknown(served.post("/v1/videos", "x".repeat(90_000)));
    }

    @Test
    void videosOfOthersAreAsIfTheyWereNotThere() throws IOException {
        JobId id = post("/v1/videos", OK, anna).id();

        assertThat(get("/v1/videos/" + id, anna).status()).isEqualTo(200);
        for (String path : new String[] {"", "/content", "/events", "/preview", "/report"}) {
            Answer answer = get("/v1/videos/" + id + path, ben);
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.text())
                    .isEqualTo(get("/v1/videos/video_" + "0".repeat(32) + path, ben).text());
        }
        assertThat(post("/v1/videos/" + id + "/cancel", "", ben).status()).isEqualTo(404);
        assertThat(post("/v1/videos/" + id + "/ticket", "", ben).status()).isEqualTo(404);
        assertThat(served.delete("/v1/videos/" + id, "Authorization", ben).status()).isEqualTo(404);
        assertThat(get("/v1/videos", ben).json().path("data")).isEmpty();
        assertThat(get("/v1/videos?after=" + id, ben).status()).isEqualTo(404);
        assertThat(get("/v1/queue", ben).json().path("queued")).isEmpty();
        assertThat(get("/v1/queue", anna).json().path("queued")).hasSize(1);
        assertThat(get("/v1/videos", admin).json().path("data")).hasSize(1);
        assertThat(get("/v1/videos/" + id, admin).status()).isEqualTo(200);
    }

    @Test
    void scopesSayWhatAKeyMayDo() throws IOException {
        Answer refused = post("/v1/videos", OK, reader);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.code()).isEqualTo("insufficient_permissions");
        assertThat(get("/v1/videos", reader).status()).isEqualTo(200);
        assertThat(get("/metrics", anna).status()).isEqualTo(403);
        assertThat(get("/metrics", admin).status()).isEqualTo(200);
        assertThat(post("/v1/queue:pause", "", anna).status()).isEqualTo(403);
        assertThat(post("/v1/queue:pause", "", admin).status()).isEqualTo(200);
    }

    @Test
    void idempotencyKeysAreEachCallersOwn() throws IOException {
        Answer first = served.post("/v1/videos", OK, "Authorization", anna, "Idempotency-Key", "k");
        Answer second = served.post("/v1/videos", OK, "Authorization", ben, "Idempotency-Key", "k");

        assertThat(second.id()).isNotEqualTo(first.id());
    }

    @Test
    void aNewKeyIsKnownWithoutARestart() throws IOException {
        assertThat(get("/v1/videos", key("late", Scope.READ)).status()).isEqualTo(200);
    }

    @Test
    void aTicketStandsForAKeyWithOneVideo() throws IOException {
        JobId id = post("/v1/videos", OK, anna).id();
        JobId other = post("/v1/videos", OK, anna).id();
        String ticket =
                post("/v1/videos/" + id + "/ticket", "", anna).json().path("ticket").asString();

        assertThat(served.get("/v1/videos/" + id + "/content?ticket=" + ticket).code())
                .isEqualTo("video_not_ready");
        unknown(served.get("/v1/videos/" + other + "/content?ticket=" + ticket));
        unknown(served.get("/v1/videos/" + id + "?ticket=" + ticket));
        unknown(served.delete("/v1/videos/" + id + "?ticket=" + ticket));
    }

    @Test
    void aKeyThatAsksTooOftenIsToldWhenToComeBack() throws IOException {
        int taken = 0;
        Answer answer = post("/v1/videos", OK, ben);
        while (answer.status() == 200 && taken++ < 15) {
            answer = post("/v1/videos", OK, ben);
        }
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.code()).isEqualTo("rate_limit_exceeded");
        assertThat(answer.header("retry-after")).isEqualTo("1");
        assertThat(post("/v1/videos", OK, anna).status()).as("another key").isEqualTo(200);
    }

    @Test
    void logsHoldNeitherKeysNorPrompts() throws IOException {
        post("/v1/videos", "{\"prompt\":\"secret words\"}", anna);
        get("/v1/videos?q=secret", "Bearer sk-svgen-wrong");

        assertThat(served.log).hasSizeGreaterThanOrEqualTo(2);
        assertThat(String.join("\n", served.log))
                .contains("POST /v1/videos 200", "GET /v1/videos 401")
                .doesNotContain("secret", "sk-svgen", anna.substring(16));
    }
}

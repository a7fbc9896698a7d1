package org.svgen.cli.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.server.keys.Scope;
import org.svgen.testkit.Goldens;
import tools.jackson.databind.JsonNode;

/** A service with keys, and callers who want more than they may have. */
class KeysFromOutsideTest {
    private static final String IMAGE_MODEL = "cogvideox-i2v-tiny";
    private static final String EVIL = "<script>evil()</script>\"'\u001b[31m\r\nX-Evil: 1\r\n\r\n";

    private static final Map<String, Object> SMALL =
            Map.of("prompt", "a red circle", "size", "64x64", "num_frames", 9);

    @TempDir static Path folder;

    private static ServeProcess service;
    private static Api alice;
    private static Api bob;
    private static Api reader;
    private static Api stranger;
    private static String keyOfAlice;
    private static RawHttp raw;

    @BeforeAll
    static void start() {
        Keyring keys =
                new Keyring(folder.resolve("keys"))
                        .add("alice", Keyring.ALL)
                        .add("bob", EnumSet.of(Scope.VIDEOS, Scope.READ))
                        .add("reader", EnumSet.of(Scope.READ));
        service =
                ServeProcess.start(
                        folder.resolve("data"),
                        List.of(
                                "--model",
                                "demo",
                                "--model",
                                Goldens.folder(IMAGE_MODEL).toString(),
                                "--api-key-file",
                                keys.file().toString(),
                                "--access-log"));
        stranger = Api.of(service.url());
        keyOfAlice = keys.text("alice");
        alice = stranger.key(keyOfAlice);
        bob = stranger.key(keys.text("bob"));
        reader = stranger.key(keys.text("reader"));
        raw = new RawHttp(service.url());
        assertThat(alice.post("/v1/queue:pause").status()).isEqualTo(200);
    }

    @AfterAll
    static void stop() {
        assertThat(service.log()).doesNotContain("internal error", "Exception");
        service.close();
    }

    @Test
    void whoHasNoKeyOrAWrongOneGetsNothing() {
        for (Api api : List.of(stranger, stranger.key("sk-svgen-wrong"), stranger.key(""))) {
            for (String path : List.of("/v1/videos", "/v1/models", "/v1/queue", "/metrics")) {
                Api.Answer answer = api.get(path);
                assertThat(answer.status()).as(path).isEqualTo(401);
                assertThat(answer.code()).isEqualTo("invalid_api_key");
                assertThat(answer.header("WWW-Authenticate")).startsWith("Bearer");
            }
            assertThat(api.post("/v1/videos", SMALL).status()).isEqualTo(401);
        }
        assertThat(stranger.get("/v1/videos?api_key=" + keyOfAlice).status()).isEqualTo(401);
        assertThat(stranger.get("/health").status()).isEqualTo(200);
    }

    @Test
    void aKeyDoesWhatItMayAndNoMore() {
        assertThat(reader.get("/v1/videos").status()).isEqualTo(200);
        assertThat(reader.post("/v1/videos", SMALL).status()).isEqualTo(403);
        assertThat(reader.get("/metrics").status()).isEqualTo(403);
        assertThat(bob.post("/v1/queue:resume").status()).isEqualTo(403);
        assertThat(bob.get("/metrics").status()).isEqualTo(403);
    }

    @Test
    void jobsOfOthersAreAsIfTheyWereNot() {
        String id = alice.create(SMALL);
        String video = "/v1/videos/" + id;
        String unknown = "/v1/videos/video_" + "a".repeat(32);
        for (String path : List.of("", "/content", "/events", "/report", "/preview")) {
            Api.Answer answer = bob.get(video + path);
            assertThat(answer.status()).as(path).isEqualTo(404);
            assertThat(answer.json()).isEqualTo(bob.get(unknown + path).json());
        }
        for (String path : List.of("/cancel", "/remix", "/ticket")) {
            assertThat(bob.post(video + path, Map.of("prompt", "x")).status()).isEqualTo(404);
        }
        assertThat(bob.send("PATCH", video, Map.of("priority", 9)).status()).isEqualTo(404);
        assertThat(bob.delete(video).status()).isEqualTo(404);
        assertThat(bob.get("/v1/videos?after=" + id).status()).isEqualTo(404);
        assertThat(bob.get("/v1/videos").text() + bob.get("/v1/queue").text()).doesNotContain(id);
        assertThat(alice.status(id)).isEqualTo("queued");
        Api.Answer replay = bob.with("Idempotency-Key", "same").post("/v1/videos", SMALL);
        Api.Answer own = alice.with("Idempotency-Key", "same").post("/v1/videos", SMALL);
        assertThat(own.json().get("id")).isNotEqualTo(replay.json().get("id"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/videos/../../../etc/passwd",
                "/v1/videos/..%2f..%2f..%2fetc%2fpasswd/content",
                "/v1/videos/video_aaaaaaaaaaaaaaaaaaaaaaaa%2f..%2f..%2fjobs.db/content",
                "/v1/videos/video_aaaaaaaaaaaaaaaaaaaaaaaa%00/content",
                "/v1/videos/video_aaaaaaaaaaaaaaaaaaaaaaaa%0d%0aX-Evil:%201",
                "/v1/videos/%252e%252e%252fjobs.db/content",
                "/v1/videos/%c0%ae%c0%ae/content",
                "/v1/models/..%2f..%2f..",
                "/assets/..%2f..%2findex.html",
                "/assets/..%5c..%5cindex.html",
                "//etc/passwd",
                "/..;/v1/videos",
                "/.git/config"
            })
    void whatIsNoIdLeadsNowhere(String path) {
        String key = "Authorization: Bearer " + keyOfAlice;
        String answer =
                raw.send(
                        "GET %s HTTP/1.1\nHost: x\n%s\nConnection: close\n\n".formatted(path, key));
        assertThat(RawHttp.status(answer)).as(answer).isIn(400, 404);
        assertThat(answer).doesNotContain("\r\nX-Evil", "root:", "SQLite");
    }

    @Test
    void whatASenderWritesStaysInItsPlace() {
        Map<String, Object> body = new LinkedHashMap<>(SMALL);
        body.put("prompt", EVIL);
        body.put("metadata", Map.of("evil", EVIL, EVIL.substring(0, 40), "x"));
        body.put("output_path", folder.resolve("written").toString());
        Api.Answer created = alice.with("traceparent", "<script>").post("/v1/videos", body);
        assertThat(created.status()).as(created.text()).isEqualTo(200);
        JsonNode job = created.json();
        assertThat(job.path("prompt").asString()).isEqualTo(EVIL);
        assertThat(job.path("warnings").toString()).contains("output_path");
        String video = "/v1/videos/" + job.path("id").asString();
        for (String path : List.of(video, "/v1/videos?limit=5", video + "/content", "/metrics")) {
            Api.Answer answer = alice.get(path);
            assertThat(answer.header("Content-Type")).doesNotContain("html");
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(answer.header("X-Evil")).isEmpty();
        }
        assertThat(alice.get("/metrics").text()).doesNotContain("evil", "a red circle", "video_");
        assertThat(service.log()).doesNotContain("evil()", "\u001b", "a red circle");
        assertThat(folder.resolve("written")).doesNotExist();
        Api.Answer refused =
                alice.with("Idempotency-Key", "k".repeat(256)).post("/v1/videos", SMALL);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(alice.get("/v1/videos/%3Cscript%3E?variant=%3Cscript%3E").text())
                .doesNotContain("<script>");
        alice.delete(video);
    }

    @Test
    void bodiesThatAreNoRequestsAreRefusedInTheirWords() {
        String deep = "{\"metadata\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
        for (String body : List.of("", "[]", "7", "{", "{\"prompt\":\"x\",}", "\u0000", deep)) {
            Api.Answer answer = post("application/json", body);
            assertThat(answer.status())
                    .as(body.substring(0, Math.min(20, body.length())))
                    .isEqualTo(400);
            assertThat(answer.code()).isEqualTo("invalid_body");
        }
        assertThat(post("multipart/form-data", "x").code()).isEqualTo("invalid_body");
        assertThat(post("text/plain", "{\"prompt\":\"x\"}").status()).isEqualTo(415);
        Form many = new Form();
        for (int i = 0; i < 300; i++) {
            many.text("metadata[k" + i + "]", "v");
        }
        assertThat(many.post(alice, "/v1/videos").status()).isEqualTo(400);
        for (String number : List.of("1e999", "-1", "0", "1.5", "9999999999999999999999")) {
            Api.Answer answer =
                    post(
                            "application/json",
                            "{\"prompt\":\"x\",\"num_frames\":%s}".formatted(number));
            assertThat(answer.status()).as(number).isEqualTo(400);
        }
    }

    private static Api.Answer post(String type, String body) {
        return alice.send(
                alice.request("/v1/videos")
                        .header("Content-Type", type)
                        .POST(BodyPublishers.ofString(body)));
    }

    @Test
    void whatIsTooLargeIsRefusedBeforeItIsSent() {
        String key = "Authorization: Bearer " + keyOfAlice;
        String head =
                "POST /v1/videos HTTP/1.1\nHost: x\n%s\nContent-Type: application/json\n%s\n\n";
        assertThat(raw.send(head.formatted(key, "Content-Length: 999999999999")))
                .contains("413")
                .contains("request_too_large");
        assertThat(raw.status("GET", "/v1/videos", "X-Long: " + "x".repeat(20_000))).isIn(400, 431);
        assertThat(raw.status("GET", "/v1/videos?" + "x".repeat(20_000))).isIn(400, 414);
        String both = "Content-Length: 3\nTransfer-Encoding: chunked";
        assertThat(RawHttp.status(raw.send(head.formatted(key, both) + "0\r\n\r\n")))
                .isEqualTo(400);
    }

    @Test
    void bodiesWithoutAnEndAreCutAtTheLimit() throws IOException {
        Endless endless = new Endless(raw, "Authorization: Bearer " + keyOfAlice);
        String form =
                "--b\r\nContent-Disposition: form-data; name=\"input_reference\"; filename=\"a\"\r\n\r\n";
        Endless.Outcome text = endless.send("application/json", "{\"prompt\":\"");
        assertThat(text.answer()).contains(" 413 ", "request_too_large");
        assertThat(text.mebibytes()).isLessThan(20 + Endless.ON_THE_WAY);
        Endless.Outcome picture = endless.send("multipart/form-data; boundary=b", form);
        assertThat(picture.answer()).contains(" 413 ", "request_too_large");
        assertThat(picture.mebibytes()).isLessThan(64 + Endless.ON_THE_WAY);
    }

    @Test
    void aConnectionThatIsToCloseCloses() throws IOException {
        String head = "GET /health HTTP/1.1\nHost: x\nConnection: close\n\n";
        try (Socket socket = raw.open()) {
            socket.setSoTimeout(5000);
            RawHttp.write(socket, head);
            assertThat(new String(socket.getInputStream().readAllBytes())).contains(" 200 ");
        }
    }

    @Test
    void picturesThatAreNoneOrMuchTooLargeAreRefused() throws IOException {
        Map<String, byte[]> pictures =
                Map.of(
                        "bomb.png", pngHead(60_000, 60_000),
                        "text.png", "no picture".getBytes(),
                        "empty.png", new byte[0],
                        "page.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>".getBytes(),
                        "half.png", pngHead(64, 64));
        pictures.forEach((name, bytes) -> {
            Api.Answer answer =
                    new Form()
                            .text("prompt", "x")
                            .text("model", IMAGE_MODEL)
                            .file("input_reference", "../../" + name, "image/png", bytes)
                            .post(alice, "/v1/videos");
            assertThat(answer.status()).as(name + answer.text()).isEqualTo(400);
            assertThat(answer.json().at("/error/param").asString())
                    .as(name + answer.text())
                    .isEqualTo("input_reference");
        });
    }

    /** Of a PNG of that size, and nothing more. */
    private static byte[] pngHead(int width, int height) throws IOException {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        png.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
        ByteBuffer head = ByteBuffer.allocate(17).put("IHDR".getBytes());
        head.putInt(width).putInt(height).put(new byte[] {8, 2, 0, 0, 0});
        CRC32 crc = new CRC32();
        crc.update(head.array());
        png.write(ByteBuffer.allocate(4).putInt(13).array());
        png.write(head.array());
        png.write(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
        return png.toByteArray();
    }

    @Test
    void theServiceAsksNoHostForASender() throws Exception {
        try (ServerSocket inside = new ServerSocket(0)) {
            inside.setSoTimeout(300);
            String port = ":" + inside.getLocalPort() + "/x";
            for (String url :
                    List.of(
                            "http://127.0.0.1" + port,
                            "https://127.0.0.1" + port,
                            "https://localhost" + port,
                            "http://169.254.169.254/latest/meta-data/",
                            "file:///etc/passwd",
                            "/etc/passwd")) {
                Api.Answer answer =
                        new Form()
                                .text("prompt", "x")
                                .text("model", IMAGE_MODEL)
                                .text("input_reference[image_url]", url)
                                .post(alice, "/v1/videos");
                assertThat(answer.status()).as(url).isEqualTo(400);
                Map<String, Object> body = new LinkedHashMap<>(SMALL);
                body.put("webhook_url", url);
                assertThat(alice.post("/v1/videos", body).json().at("/error/param").asString())
                        .as(url)
                        .isEqualTo("webhook_url");
            }
            assertThatThrownBy(inside::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }
}

package org.svgen.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.server.http.ServedVideos.Answer;
import org.svgen.server.job.JobId;

/** What strangers and their web pages try. */
class AttacksTest {
    private static final String OK = "{\"prompt\":\"a cat\"}";

    @TempDir Path folder;
    private ServedVideos served;

    @BeforeEach
    void start() throws IOException {
        HttpSettings.Limits usual = ServedVideos.LIMITS;
        served =
                new ServedVideos.Setup()
                        .hosts("studio.example")
                        .cors("https://friend.example")
                        .limits(
                                new HttpSettings.Limits(
                                        usual.queue(),
                                        usual.body(),
                                        usual.createsPerSecond(),
                                        usual.othersPerMinute(),
                                        usual.connections(),
                                        Duration.ofMillis(600)))
                        .start(folder);
    }

    @AfterEach
    void stop() {
        served.close();
    }

    /** Sends what no good client sends. */
    private String raw(String request) throws IOException {
        try (Socket socket = new Socket("localhost", served.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private String withHost(String host) throws IOException {
        return raw(
                "GET /v1/videos HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(host));
    }

    @Test
    void aNameThatIsNotThisHostsIsRefused() throws IOException {
        assertThat(withHost("localhost:" + served.port())).startsWith("HTTP/1.1 200");
        assertThat(withHost("127.0.0.1")).startsWith("HTTP/1.1 200");
        assertThat(withHost("[::1]:80")).startsWith("HTTP/1.1 200");
        assertThat(withHost("Studio.Example")).startsWith("HTTP/1.1 200");
        assertThat(withHost("evil.example"))
                .startsWith("HTTP/1.1 403")
                .contains("host_not_allowed");
        assertThat(withHost("localhost.evil.example")).startsWith("HTTP/1.1 403");
    }

    @Test
    void pagesOfOthersChangeNothing() throws IOException {
        JobId id = served.created();
        for (String origin : new String[] {"http://evil.example", "null", "http://localhost:1"}) {
            Answer answer = served.post("/v1/videos", OK, "Origin", origin);
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.code()).isEqualTo("origin_not_allowed");
            assertThat(served.delete("/v1/videos/" + id, "Origin", origin).status()).isEqualTo(403);
            assertThat(answer.response().headers().map())
                    .doesNotContainKey("access-control-allow-origin");
        }
        String own = "http://localhost:" + served.port();
        assertThat(served.post("/v1/videos", OK, "Origin", own).status()).isEqualTo(200);
        assertThat(
                        served.get("/v1/videos", "Origin", "http://evil.example")
                                .response()
                                .headers()
                                .map())
                .doesNotContainKey("access-control-allow-origin");
    }

    @Test
    void pagesOfFriendsMayUseTheService() throws IOException {
        Answer before =
                served.send(
                        served.to("/v1/videos")
                                .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
                                .headers(
                                        "Origin",
                                        "https://friend.example",
                                        "Access-Control-Request-Method",
                                        "POST",
                                        "Access-Control-Request-Headers",
                                        "authorization,content-type"));
        assertThat(before.status()).isEqualTo(204);
        assertThat(before.header("access-control-allow-origin"))
                .isEqualTo("https://friend.example");
        assertThat(before.header("access-control-allow-headers"))
                .isEqualTo("authorization,content-type");
        Answer answer = served.post("/v1/videos", OK, "Origin", "https://friend.example");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("vary")).isEqualTo("Origin");
    }

    @Test
    void aBodyThatIsTooLargeIsRefusedBeforeItIsSent() throws IOException {
        String answer =
                raw(
                        "POST /v1/videos HTTP/1.1\r\nHost: localhost\r\nContent-Type:"
                                + " application/json\r\nContent-Length: 999999999\r\n"
                                + "Expect: 100-continue\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 413").contains("request_too_large");
    }

    @Test
    void aBodyThatSaysNoLengthIsCutOff() throws IOException {
        HttpRequest.Builder chunked =
                served.to("/v1/videos")
                        .header("Content-Type", "application/json")
                        .POST(
                                HttpRequest.BodyPublishers.fromPublisher(
                                        HttpRequest.BodyPublishers.ofString(" ".repeat(200_000))));

        assertThat(served.send(chunked).status()).isEqualTo(413);
    }

    @Test
    void manyFieldsAndLongPromptsAreRefused() throws IOException {
        StringBuilder form = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            form.append(
                    "--B\r\nContent-Disposition: form-data; name=\"f%d\"\r\n\r\nx\r\n"
                            .formatted(i));
        }
        Answer many =
                served.send(
                        served.to("/v1/videos")
                                .header("Content-Type", "multipart/form-data; boundary=B")
                                .POST(HttpRequest.BodyPublishers.ofString(form + "--B--\r\n")));
        assertThat(many.status()).isEqualTo(400);
        Answer wordy = served.post("/v1/videos", "{\"prompt\":\"" + "x".repeat(4001) + "\"}");
        assertThat(wordy.param()).isEqualTo("prompt");
    }

    @Test
    void aFileCannotChooseItsPlaceNorItsKind() throws IOException {
        String form =
                "--B\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nx\r\n"
                        + "--B\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nlab/animator\r\n"
                        + "--B\r\nContent-Disposition: form-data; name=\"input_reference\";"
                        + " filename=\"../../../../tmp/x.png\"\r\nContent-Type: image/png\r\n\r\n"
                        + "#!/bin/sh\r\n--B--\r\n";
        Answer answer =
                served.send(
                        served.to("/v1/videos")
                                .header("Content-Type", "multipart/form-data; boundary=B")
                                .POST(HttpRequest.BodyPublishers.ofString(form)));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.param()).isEqualTo("input_reference");
        try (var left = Files.list(folder.resolve("spool"))) {
            assertThat(left).isEmpty();
        }
        assertThat(served.blobs.list("jobs")).isEmpty();
    }

    @Test
    void headersCannotBeInjected() throws IOException {
        Answer answer =
                served.post(
                        "/v1/videos",
                        "{\"prompt\":\"x\\r\\nSet-Cookie: a=b\",\"metadata\":{\"a\":\"b\\r\\nX: y\"}}");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.response().headers().map()).doesNotContainKeys("set-cookie", "x");
    }

    @Test
    void scriptsInPromptsStayTexts() throws IOException {
        JobId id = served.post("/v1/videos", "{\"prompt\":\"<script>alert(1)</script>\"}").id();
        Answer answer = served.get("/v1/videos/" + id);

        assertThat(answer.header("content-type")).isEqualTo("application/json");
        assertThat(answer.header("x-content-type-options")).isEqualTo("nosniff");
        assertThat(served.get("/metrics").text()).doesNotContain("script");
        assertThat(String.join("", served.log)).doesNotContain("script");
        Answer docs = served.get("/docs");
        assertThat(docs.text()).doesNotContain("<script");
        assertThat(docs.header("content-security-policy"))
                .contains("default-src 'self'", "frame-ancestors 'none'");
    }

    @Test
    void slowHeadsAndSilentConnectionsAreDropped() throws IOException {
        for (String beginning :
                new String[] {
                    "", "GET /health HT", "GET /health HTTP/1.1\r\nHost: localhost\r\n"
                }) {
            assertThat(raw(beginning)).isEmpty();
        }
        assertThat(raw("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\nGET"))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void aStreamIsNotTakenForASilentConnection() throws Exception {
        JobId id = served.created();
        try (Socket socket = new Socket("localhost", served.port())) {
            socket.setSoTimeout(3000);
            socket.getOutputStream()
                    .write(
                            "GET /v1/videos/%s/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                    .formatted(id)
                                    .getBytes(StandardCharsets.US_ASCII));
            byte[] read = new byte[20_000];
            assertThat(socket.getInputStream().read(read)).isPositive();
            Thread.sleep(1500);
            served.delete("/v1/videos/" + id);
            String later = "";
            int bytes;
            while (!later.contains("deleted") && (bytes = socket.getInputStream().read(read)) > 0) {
                later += new String(Arrays.copyOf(read, bytes), StandardCharsets.UTF_8);
            }
            assertThat(later).contains("event: deleted");
        }
    }

    @Test
    void answersSayNothingOfTheServer() throws IOException {
        assertThat(served.get("/health").response().headers().map())
                .doesNotContainKeys("server", "x-powered-by");
        assertThat(raw("TRACE / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 405");
    }
}

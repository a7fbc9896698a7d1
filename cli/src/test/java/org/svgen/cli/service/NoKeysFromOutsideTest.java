package org.svgen.cli.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A service without keys: pages of others in a browser on the same machine, and what the manual
 * says.
 */
class NoKeysFromOutsideTest {
    @TempDir static Path folder;

    private static ServeProcess service;
    private static RawHttp raw;
    private static String port;

    @BeforeAll
    static void start() {
        service = ServeProcess.start(folder.resolve("data"), List.of("--allow-fetch"));
        raw = new RawHttp(service.url());
        port = ":" + service.url().getPort();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void aNameThatLeadsHereByDnsIsNotServed() {
        for (String host :
                List.of("evil.example", "evil.example" + port, "127.0.0.1.evil.example", "")) {
            assertThat(raw.status("GET", "/v1/videos", "Host: " + host)).as(host).isIn(400, 403);
            assertThat(raw.status("GET", "/", "Host: " + host)).as(host).isIn(400, 403);
        }
        for (String host : List.of("127.0.0.1" + port, "localhost" + port, "[::1]" + port)) {
            assertThat(raw.status("GET", "/v1/videos", "Host: " + host)).as(host).isEqualTo(200);
        }
    }

    @Test
    void pagesOfOthersChangeNothingAndReadNothing() {
        String id = "/v1/videos/video_" + "a".repeat(32);
        for (String origin : List.of("http://evil.example", "null", "http://127.0.0.1:1")) {
            String header = "Origin: " + origin;
            assertThat(raw.status("POST", "/v1/queue:pause", header)).isEqualTo(403);
            assertThat(raw.status("DELETE", id, header)).isEqualTo(403);
            assertThat(raw.status("PATCH", id, header)).isEqualTo(403);
            assertThat(raw.status("POST", "/v1/videos", header, "Content-Type: text/plain"))
                    .isEqualTo(403);
            String read =
                    raw.send(
                            "GET /v1/videos HTTP/1.1\nHost: localhost\n%s\nConnection: close\n\n"
                                    .formatted(header));
            assertThat(read.toLowerCase()).doesNotContain("access-control-");
        }
        String own = "Origin: http://127.0.0.1" + port;
        assertThat(raw.status("POST", "/v1/queue:resume", own, "Content-Length: 0")).isEqualTo(200);
    }

    @Test
    void thePageRunsNoScriptsOfOthersAndIsNoFrameOfOthers() {
        Api.Answer page = Api.of(service.url()).get("/");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("Content-Security-Policy"))
                .contains("default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'")
                .doesNotContain("unsafe");
        assertThat(page.header("Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(page.header("Server")).isEmpty();
    }

    @Test
    void picturesMayBeFetchedButFromNoPrivateAddress() {
        Api api = Api.of(service.url());
        for (String host :
                List.of(
                        "127.0.0.1",
                        "localhost",
                        "[::1]",
                        "0.0.0.0",
                        "10.0.0.1",
                        "169.254.169.254",
                        "[::ffff:127.0.0.1]",
                        "2130706433")) {
            Map<String, Object> body =
                    Map.of(
                            "prompt",
                            "x",
                            "input_reference",
                            Map.of("image_url", "https://" + host + port));
            Api.Answer answer = api.post("/v1/videos", body);
            assertThat(answer.status()).as(host + answer.text()).isEqualTo(400);
        }
        assertThat(raw.status("TRACE", "/")).isIn(400, 404, 405, 501);
    }

    @Test
    void theManualsCommandsDoWhatItSays(@TempDir Path here) throws IOException {
        new ManualCheck(Manual.read(), service, here).curls();
    }

    @Test
    void theRequestsOfTheManualsTableAreAnswered(@TempDir Path here) {
        new ManualCheck(Manual.read(), service, here).requests();
    }

    @Test
    void theManualsProgramForJavaScriptMakesAVideo(@TempDir Path here) throws IOException {
        new ManualCheck(Manual.read(), service, here).javaScript();
    }

    @Test
    void theManualsProgramForPythonMakesAVideo(@TempDir Path here) throws IOException {
        new ManualCheck(Manual.read(), service, here).python();
    }
}

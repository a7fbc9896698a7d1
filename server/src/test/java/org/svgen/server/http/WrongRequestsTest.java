package org.svgen.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.server.http.ServedVideos.Answer;

/** What is wrong in a request is named; nothing is queued. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WrongRequestsTest {
    private static final String ID = "video_abcdefghijklmnopqrstuvwx";
    private static final String OK = "{\"prompt\":\"a cat\"}";

    private ServedVideos served;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        served = ServedVideos.start(folder);
    }

    @AfterAll
    void stop() {
        served.close();
    }

    private static void is(Answer answer, int status, String type, String code) {
        answer.isError(status, type, code);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {}                                       | prompt     | invalid_value
                    {"prompt":""}                            | prompt     | invalid_value
                    {"prompt":"x","size":"161x160"}          | size       | invalid_value
                    {"prompt":"x","size":"90000x90000"}      | size       | invalid_value
                    {"prompt":"x","width":160,"height":161}  | height     | invalid_value
                    {"prompt":"x","num_frames":10}           | num_frames | invalid_value
                    {"prompt":"x","video_params":{"num_frames":10}} | video_params.num_frames | invalid_value
                    {"prompt":"x","nonsense":1}              | nonsense   | invalid_value
                    {"prompt":"x","model":"none"}            | model      | model_not_found
                    {"prompt":"x","model":""}                | model      | model_not_found
                    {"prompt":"x","model":"lab/animator"}    | input_reference | invalid_value
                    {"prompt":"x","webhook_url":"http://a"}  | webhook_url | invalid_value
                    {"prompt":"x","webhook_url":"::"}        | webhook_url | invalid_value
                    {"prompt":"x","input_reference":"https://example.com/a.png"} | input_reference | invalid_value
                    """)
    void wrongValuesNameTheirField(String body, String field, String code) throws IOException {
        Answer answer = served.post("/v1/videos", body);

        is(answer, 400, "invalid_request_error", code);
        assertThat(answer.param()).isEqualTo(field);
        assertThat(served.get("/v1/videos").json().path("data")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/videos?limit=0, limit",
        "/v1/videos?limit=101, limit",
        "/v1/videos?limit=x, limit",
        "/v1/videos?limit=, limit",
        "/v1/videos?order=up, order",
        "/v1/videos?status=done, status"
    })
    void wrongParametersAreNamed(String path, String parameter) throws IOException {
        Answer answer = served.get(path);

        is(answer, 400, "invalid_request_error", "invalid_value");
        assertThat(answer.param()).isEqualTo(parameter);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "[]", "null", "\"x\"", "", "{\"prompt\":\"x\"}x"})
    void brokenBodiesAreRefused(String body) throws IOException {
        is(served.post("/v1/videos", body), 400, "invalid_request_error", "invalid_body");
    }

    @Test
    void deeplyNestedBodiesAreRefused() throws IOException {
        String deep = "{\"prompt\":" + "[".repeat(40_000) + "]".repeat(40_000) + "}";

        is(served.post("/v1/videos", deep), 400, "invalid_request_error", "invalid_body");
    }

    @Test
    void aFormWithoutItsBoundaryIsRefused() throws IOException {
        HttpRequest.Builder request =
                served.to("/v1/videos")
                        .header("Content-Type", "multipart/form-data")
                        .POST(HttpRequest.BodyPublishers.ofString("x"));

        is(served.send(request), 400, "invalid_request_error", "invalid_body");
    }

    @Test
    void otherBodiesAreOfAnUnknownType() throws IOException {
        HttpRequest.Builder request =
                served.to("/v1/videos")
                        .header("Content-Type", "text/plain")
                        .POST(HttpRequest.BodyPublishers.ofString("prompt=x"));

        is(served.send(request), 415, "invalid_request_error", "unsupported_media_type");
        HttpRequest.Builder untyped =
                served.to("/v1/videos").POST(HttpRequest.BodyPublishers.ofString(OK));
        assertThat(served.send(untyped).status()).isEqualTo(415);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/videos/" + ID,
                "/v1/videos/" + ID + "/content",
                "/v1/videos/" + ID + "/preview",
                "/v1/videos/" + ID + "/report",
                "/v1/videos/" + ID + "/events",
                "/v1/videos?after=" + ID,
                "/v1/videos?after=x",
                "/v1/videos/x",
                "/v1/videos/..%2f..%2fetc%2fpasswd",
                "/v1/videos/%00",
                "/v1/videos/" + ID + "%0d%0aX:%20y",
                "/v1/videos/characters/x",
                "/nothing/here",
                "/nothing",
                "/assets/..%2fopenapi.json"
            })
    void whatIsNotThereIsNotFound(String path) throws IOException {
        is(served.get(path), 404, "invalid_request_error", "not_found");
    }

    @Test
    void whatNoModelHereMakesIsNotFound() throws IOException {
        for (String what : new String[] {"edits", "extensions", "characters"}) {
            is(served.post("/v1/videos/" + what, "{}"), 404, "invalid_request_error", "not_found");
        }
    }

    @Test
    void aWrongMethodSaysWhichAreRight() throws IOException {
        Answer answer =
                served.send(
                        served.to("/v1/videos")
                                .method("PUT", HttpRequest.BodyPublishers.ofString("{}")));

        is(answer, 405, "invalid_request_error", "method_not_allowed");
        assertThat(answer.header("allow")).isEqualTo("GET, HEAD, POST");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    HELLO\\r\\n\\r\\n                                           | 400
                    GET / HTTP/9.9\\r\\n\\r\\n                                  | 400
                    GET /health HTTP/1.1\\r\\n\\r\\n                            | 400
                    GET /health HTTP/1.0\\r\\n\\r\\n                            | 505
                    GET /%zz HTTP/1.1\\r\\nHost: localhost\\r\\n\\r\\n          | 400
                    GET / HTTP/1.1\\r\\nHost: localhost\\r\\nHost: b\\r\\n\\r\\n | 400
                    POST /v1/videos HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: x\\r\\n\\r\\n | 400
                    POST /v1/videos HTTP/1.1\\r\\nHost: localhost\\r\\nContent-Length: 5\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n | 400
                    """)
    void whatIsNoHttpIsRefusedInTheSameForm(String request, int status) throws IOException {
        String answer = raw(request.replace("\\r\\n", "\r\n"));

        assertThat(answer)
                .startsWith("HTTP/1.1 " + status)
                .contains("Content-Type: application/json")
                .contains("x-request-id: req_")
                .contains("{\"error\":{\"message\":");
    }

    @Test
    void aHeadThatIsTooLargeIsRefused() throws IOException {
        assertThat(
                        raw(
                                "GET / HTTP/1.1\r\nHost: localhost\r\nX: "
                                        + "a".repeat(17_000)
                                        + "\r\n\r\n"))
                .startsWith("HTTP/1.1 4")
                .contains("{\"error\":");
        assertThat(raw("GET /" + "a".repeat(17_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
                .startsWith("HTTP/1.1 414");
    }

    @Test
    void aConnectionThatIsToCloseIsClosed() throws IOException {
        long start = System.nanoTime();
        String end = "Host: localhost\r\nConnection: close\r\n\r\n";

        assertThat(raw("GET /health HTTP/1.1\r\n" + end)).startsWith("HTTP/1.1 200");
        assertThat(raw("GET /nothing HTTP/1.1\r\n" + end)).startsWith("HTTP/1.1 404");
        assertThat(System.nanoTime() - start)
                .as("long before it would be closed for silence")
                .isLessThan(10_000_000_000L);
    }

    private String raw(String request) throws IOException {
        try (Socket socket = new Socket("localhost", served.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

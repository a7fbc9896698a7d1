package org.svgen.cli.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.svgen.testkit.Node;
import tools.jackson.databind.JsonNode;

/**
 * Does what the manual of the service says, with a service that has no keys.
 *
 * @param folder where programs run
 */
record ManualCheck(Manual manual, ServeProcess service, Path folder) {
    private static final Path CLIENTS = Path.of("src/test/clients").toAbsolutePath();
    private static final Path COPY = Path.of("target/clients").toAbsolutePath();
    private static final Duration MOST = Duration.ofMinutes(2);
    private static final String KEY = "sk-svgen-none";
    private static final String MADE = "made: ";

    /** As small as the model makes it. */
    private static final Map<String, Object> TINY =
            Map.of("prompt", "x", "size", "64x64", "num_frames", 9, "num_inference_steps", 1);

    private Api api() {
        return Api.of(service.url());
    }

    private String run(String command) {
        return Node.tried(folder, MOST, Map.of(), "bash", "-c", command).output();
    }

    private String placed(String part, String job) {
        return Manual.placed(part, service.url().toString(), job, KEY);
    }

    private String done() {
        String job = api().create(TINY);
        assertThat(api().ended(job).path("status").asString()).isEqualTo("completed");
        return job;
    }

    /** Every command with curl, while what is asked for waits. */
    void curls() throws IOException {
        requireCurl();
        String job = done();
        api().post("/v1/queue:pause");
        List<String> commands = manual.curls();
        assertThat(commands).hasSizeGreaterThanOrEqualTo(6);
        for (String command : commands) {
            String answer = run(placed(command, job) + " -sS");
            if (command.contains("-o circle.mp4")) {
                assertThat(folder.resolve("circle.mp4")).hasBinaryContent(api().content(job));
            } else if (command.contains("\"num_frames\": 0")) {
                assertThat(answer).contains("HTTP/1.1 400", "\"param\":\"num_frames\"");
            } else {
                assertThat(answer).as(command).contains("\"object\":", "\"error\":null");
            }
        }
        assertThat(api().get("/v1/videos").text()).contains("\"seed\":7");
        deleteAllAndGoOn();
    }

    private void deleteAllAndGoOn() {
        for (JsonNode video : api().get("/v1/videos?limit=100").json().path("data")) {
            api().delete("/v1/videos/" + video.path("id").asString());
        }
        api().post("/v1/queue:resume");
    }

    /** Every request of the table, by curl. */
    void requests() {
        requireCurl();
        String done = done();
        api().post("/v1/queue:pause");
        List<Manual.Request> requests = manual.requests();
        assertThat(requests).hasSizeGreaterThanOrEqualTo(20);
        for (Manual.Request request : requests) {
            boolean reads = request.method().equals("GET");
            boolean changes = !reads && request.path().contains("{id}");
            boolean remakes = request.path().endsWith("/remix");
            String path = request.of(changes && !remakes ? api().create(TINY) : done);
            String body =
                    reads || request.method().equals("DELETE")
                            ? ""
                            : "-H 'Content-Type: application/json' -d '%s'"
                                    .formatted(body(request));
            String most = path.endsWith("/events") ? "-m 0.3" : "";
            String answer =
                    run(
                            "curl -sS -o answer -w '<%%{http_code}>' %s -X %s '%s%s' %s; tr -cd [:print:] <answer | head -c 300"
                                    .formatted(most, request.method(), service.url(), path, body));
            assertThat(answer)
                    .as(request.toString())
                    .containsPattern(
                            path.endsWith("/preview") ? "<200>|there is no preview" : "<200>");
        }
        deleteAllAndGoOn();
    }

    private static String body(Manual.Request request) {
        return switch (request.path()) {
            case "/v1/videos", "/v1/videos:plan", "/v1/videos/{id}/remix" -> "{\"prompt\": \"x\"}";
            case "/v1/videos/{id}" -> "{\"priority\": 1}";
            default -> "{}";
        };
    }

    /** The program for JavaScript, whose video is as small as can be. */
    void javaScript() throws IOException {
        Node.require();
        Path copy = Node.installed(CLIENTS, COPY);
        String tiny = "model: \"demo\", size: \"64x64\", num_frames: 9, num_inference_steps: 1";
        String program = changed(manual.program("js"), "model: \"demo\"", tiny);
        Files.writeString(
                copy.resolve("manual.mjs"),
                program
                        + "console.log(\"%s\" + (await content.arrayBuffer()).byteLength);\n"
                                .formatted(MADE));
        assertThatItMade(Node.tried(copy, MOST, Map.of(), "node", "manual.mjs"));
    }

    /** The program for Python, the same way. */
    void python() throws IOException {
        Node.Done found = Node.tried(folder, MOST, Map.of(), "python3", "-c", "import openai");
        Assumptions.assumeTrue(
                found.exitCode() == 0, "skipped: python3 has no package openai here");
        String tiny =
                "model=\"demo\", size=\"64x64\", extra_body={\"num_frames\": 9,"
                        + " \"num_inference_steps\": 1}";
        String program = changed(manual.program("python"), "model=\"demo\"", tiny);
        Files.writeString(
                folder.resolve("manual.py"),
                program
                        + "import os\nprint(\"%s\" + str(os.path.getsize(\"circle.mp4\")))\n"
                                .formatted(MADE));
        assertThatItMade(Node.tried(folder, MOST, Map.of(), "python3", "manual.py"));
    }

    private String changed(String program, String model, String tiny) {
        assertThat(program).contains(model);
        return placed(program.replace(model, tiny), "");
    }

    private void assertThatItMade(Node.Done done) {
        JsonNode newest = api().get("/v1/videos?limit=1").json().path("data").path(0);
        int size = api().content(newest.path("id").asString()).length;
        assertThat(done.output()).as(done.output()).contains(MADE + size);
        assertThat(done.exitCode()).as(done.output()).isZero();
    }

    private void requireCurl() {
        int code = Node.tried(folder, MOST, Map.of(), "curl", "--version").exitCode();
        Assumptions.assumeTrue(code == 0, "skipped: no curl on the PATH");
    }
}

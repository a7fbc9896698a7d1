package org.svgen.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.svgen.server.blob.BlobKey;
import org.svgen.server.blob.Blobs;
import org.svgen.server.blob.FolderBlobs;
import org.svgen.server.job.Claim;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobError;
import org.svgen.server.job.JobId;
import org.svgen.server.keys.Keys;
import org.svgen.server.store.Completion;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.QueueLimits;
import org.svgen.server.store.StoreSettings;
import org.svgen.server.store.sql.JobStores;
import org.svgen.server.wire.BodyLimits;
import org.svgen.tensor.BadInputException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The service by HTTP with a real store and real files, but models and workers that a test plays.
 */
final class ServedVideos implements AutoCloseable {
    static final HttpSettings.Limits LIMITS =
            new HttpSettings.Limits(
                    new QueueLimits(20, 20),
                    new BodyLimits(100_000, 300_000, 50, 4000, 1_000_000),
                    10,
                    600,
                    64,
                    Duration.ofSeconds(20));

    final StandInRuns runs = new StandInRuns();
    final List<String> log = new CopyOnWriteArrayList<>();
    final JobStore store;
    final Blobs blobs;
    final HttpSettings settings;
    final Parts parts;
    final Web web;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** How a test differs from the usual service. */
    static final class Setup {
        private Keys keys = Keys.NONE;
        private HttpSettings.Limits limits = LIMITS;
        private List<String> hosts = List.of();
        private List<String> cors = List.of();
        private boolean fitSize;

        Setup keys(Keys with) {
            keys = with;
            return this;
        }

        Setup limits(HttpSettings.Limits with) {
            limits = with;
            return this;
        }

        Setup hosts(String... with) {
            hosts = List.of(with);
            return this;
        }

        Setup cors(String... with) {
            cors = List.of(with);
            return this;
        }

        Setup fitSize() {
            fitSize = true;
            return this;
        }

        ServedVideos start(Path folder) throws IOException {
            return new ServedVideos(folder, this);
        }
    }

    private ServedVideos(Path folder, Setup setup) throws IOException {
        store = JobStores.sqlite(folder.resolve("store"), StoreSettings.plain());
        blobs = FolderBlobs.open(folder.resolve("files"));
        settings =
                new HttpSettings(
                        InetAddress.getLoopbackAddress(),
                        0,
                        setup.hosts,
                        setup.cors,
                        Map.of("sora-2", StandInDesk.DEMO),
                        setup.fitSize,
                        setup.limits);
        parts = parts(setup.keys, Files.createDirectories(folder.resolve("spool")));
        web = Web.start(settings, parts, "1.2.3");
    }

    static ServedVideos start(Path folder) throws IOException {
        return new Setup().start(folder);
    }

    private Parts parts(Keys keys, Path spool) {
        return new Parts(
                store,
                blobs,
                new StandInDesk(),
                runs,
                runs,
                keys,
                _ -> {
                    throw new BadInputException("addresses are not fetched");
                },
                address -> {
                    if (!address.toString().startsWith("https:")) {
                        throw new BadInputException("expected https");
                    }
                },
                new Parts.Watch(Observed.NOTHING, new NoMetrics(), log::add, log::add),
                spool);
    }

    private record NoMetrics() implements Exposition {
        @Override
        public String contentType(String accept) {
            return "text/plain";
        }

        @Override
        public void write(String accept, OutputStream out) throws IOException {
            out.write("svgen_up 1\n".getBytes(StandardCharsets.UTF_8));
        }
    }

    /** An answer. */
    record Answer(HttpResponse<byte[]> response) {
        int status() {
            return response.statusCode();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        String text() {
            return new String(response.body(), StandardCharsets.UTF_8);
        }

        JsonNode json() {
            return JsonMapper.shared().readTree(response.body());
        }

        /** Of a job. */
        JobId id() {
            return new JobId(json().path("id").asString());
        }

        String code() {
            return json().path("error").path("code").asString("");
        }

        String param() {
            return json().path("error").path("param").asString("");
        }

        /** Checks that it is an error in the form that clients read. */
        Answer isError(int status, String type, String code) {
            assertThat(status()).as(text()).isEqualTo(status);
            assertThat(header("content-type")).isEqualTo("application/json");
            assertThat(header("x-request-id")).startsWith("req_");
            JsonNode error = json().path("error");
            assertThat(error.propertyNames()).containsExactly("message", "type", "param", "code");
            assertThat(error.path("type").asString()).isEqualTo(type);
            assertThat(code()).isEqualTo(code);
            assertThat(error.path("message").asString()).isNotBlank().doesNotContain("\n");
            return this;
        }
    }

    int port() {
        return web.port();
    }

    URI uri(String path) {
        return URI.create("http://localhost:" + web.port() + path);
    }

    HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(20));
    }

    Answer send(HttpRequest.Builder request) throws IOException {
        try {
            return new Answer(
                    client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    Answer get(String path, String... headers) throws IOException {
        return send(with(to(path), headers));
    }

    Answer delete(String path, String... headers) throws IOException {
        return send(with(to(path).DELETE(), headers));
    }

    Answer post(String path, String json, String... headers) throws IOException {
        return send(
                with(
                        to(path).header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(json)),
                        headers));
    }

    Answer patch(String path, String json, String... headers) throws IOException {
        return send(
                with(
                        to(path).header("Content-Type", "application/json")
                                .method("PATCH", HttpRequest.BodyPublishers.ofString(json)),
                        headers));
    }

    private static HttpRequest.Builder with(HttpRequest.Builder request, String... headers) {
        return headers.length == 0 ? request : request.headers(headers);
    }

    /** Takes a video into the queue. */
    JobId created() throws IOException {
        return post("/v1/videos", "{\"prompt\":\"a cat\"}").id();
    }

    /** What a worker does first. */
    Claim claimed() {
        return store.claim(
                        "worker",
                        Set.of(StandInDesk.DEMO, StandInDesk.ANIMATOR),
                        Duration.ofMinutes(1))
                .orElseThrow()
                .claim();
    }

    /** What a worker does last; the video is the given text. */
    Job completed(Claim claim, String video) throws IOException {
        for (String name : List.of("video.mp4", "thumbnail.png", "spritesheet.png")) {
            blobs.put(
                    BlobKey.of(claim.job(), name),
                    new ByteArrayInputStream(video.getBytes(StandardCharsets.UTF_8)));
        }
        blobs.put(
                BlobKey.of(claim.job(), "report.json"),
                new ByteArrayInputStream("{}".getBytes(StandardCharsets.UTF_8)));
        return store.complete(
                        claim,
                        new Completion(
                                Map.of(
                                        "inference_time_s",
                                        1.5,
                                        "peak_memory_mb",
                                        12.5,
                                        "stage_durations",
                                        Map.of("denoise", 1.25),
                                        "quality",
                                        Map.of("verdict", "unchecked")),
                                video.length(),
                                OptionalLong.of(1000)))
                .orElseThrow();
    }

    Job failed(Claim claim) {
        return store.fail(claim, new JobError("out_of_memory", "no room")).orElseThrow();
    }

    @Override
    public void close() {
        client.shutdownNow();
        web.close();
        store.close();
    }
}

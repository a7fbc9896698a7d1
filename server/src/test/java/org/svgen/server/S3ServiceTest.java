package org.svgen.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.server.blob.S3Server;
import org.svgen.server.http.HttpSettings;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobId;
import org.svgen.server.job.JobState;
import org.svgen.server.retention.KeepRules;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.Recovery;
import org.svgen.server.store.StoreSettings;
import org.svgen.server.store.sql.JobStores;
import org.svgen.server.store.sql.PostgresServer;
import org.svgen.server.wire.Json;
import org.svgen.server.work.DeviceSource;
import org.svgen.server.work.ModelSource;
import org.svgen.server.work.WorkSettings;
import org.svgen.tensor.device.Backends;

/** Services on different machines that share PostgreSQL and a bucket of S3. */
class S3ServiceTest {
    private static final Path DEMO = Path.of("../models/demo");
    private static final long PATIENCE_MILLIS = 60_000;

    @TempDir Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private S3Server s3;
    private String database;
    private String bucket;
    private JobStore store;

    @BeforeEach
    void open() {
        database = PostgresServer.database();
        s3 = new S3Server();
        bucket = s3.place();
        store = JobStores.postgres(database, StoreSettings.plain());
    }

    @AfterEach
    void close() {
        http.close();
        store.close();
        s3.close();
    }

    private Service service(String machine) {
        return Service.start(
                new Settings(
                        "1.2.3",
                        new HttpSettings(
                                InetAddress.getLoopbackAddress(),
                                0,
                                List.of(),
                                List.of(),
                                Map.of(),
                                false,
                                HttpSettings.Limits.USUAL),
                        new Settings.Callers(Optional.empty(), false),
                        new Settings.Places(
                                folder.resolve(machine),
                                Optional.of(database),
                                Optional.of(bucket),
                                OptionalLong.of(0),
                                KeepRules.always()),
                        new Settings.Work(
                                List.of(ModelSource.of("demo", DEMO)),
                                List.of(
                                        new DeviceSource(
                                                "cpu", () -> Backends.open("cpu", _ -> {}))),
                                new WorkSettings(
                                        machine,
                                        WorkSettings.LEASE,
                                        Duration.ZERO,
                                        Long.MAX_VALUE,
                                        OptionalLong.empty())),
                        new Settings.Outside(false, false, Optional.empty())),
                log::add,
                _ -> {});
    }

    private JobId ask(Service service, int steps) throws Exception {
        HttpResponse<byte[]> answer =
                http.send(
                        HttpRequest.newBuilder(URI.create(service.url() + "/v1/videos"))
                                .header("Content-Type", "application/json")
                                .POST(
                                        HttpRequest.BodyPublishers.ofString(
                                                """
                                                {"prompt": "a red circle moves right", "seed": 7, "size": "32x32",
                                                 "num_frames": 9, "num_inference_steps": %d}
                                                """
                                                        .formatted(steps)))
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());
        assertThat(answer.statusCode()).as(new String(answer.body())).isEqualTo(200);
        return new JobId(String.valueOf(Json.object(answer.body()).get("id")));
    }

    private HttpResponse<byte[]> content(Service service, JobId id, String range)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(service.url() + "/v1/videos/" + id + "/content"))
                        .header("Range", range)
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    private void await(BooleanSupplier condition) throws InterruptedException {
        long end = System.currentTimeMillis() + PATIENCE_MILLIS;
        while (!condition.getAsBoolean()) {
            assertThat(System.currentTimeMillis()).as("%s", log).isLessThan(end);
            Thread.sleep(10);
        }
    }

    private Job awaited(JobId id, Predicate<Job> condition) throws InterruptedException {
        await(() -> condition.test(store.find(id).orElseThrow()));
        return store.find(id).orElseThrow();
    }

    private Job ended(JobId id) throws InterruptedException {
        Job job = awaited(id, j -> j.state().isFinal());
        assertThat(job.state()).as("%s %s", job, log).isEqualTo(JobState.COMPLETED);
        return job;
    }

    @Test
    void aRunThatOneMachineBeganGoesOnFromItsCheckpointOnAnother() throws Exception {
        JobId id;
        try (Service first = service("first")) {
            id = ask(first, 12);
            awaited(id, job -> job.run().checkpointStep().orElse(0) >= 2);
        }
        Job stopped = store.find(id).orElseThrow();
        assertThat(stopped.state()).isEqualTo(JobState.QUEUED);
        assertThat(stopped.run().checkpointStep().orElseThrow()).isBetween(2, 11);
        try (Service second = service("second")) {
            JobId undisturbed = ask(second, 12);
            ended(id);
            ended(undisturbed);
            assertThat(store.totals().recovered()).containsEntry(Recovery.RESUMED, 1L);
            HttpResponse<byte[]> whole = content(second, undisturbed, "bytes=0-");
            HttpResponse<byte[]> part = content(second, id, "bytes=100-1099");
            assertThat(part.statusCode()).isEqualTo(206);
            assertThat(part.headers().firstValue("Content-Range"))
                    .hasValue("bytes 100-1099/" + whole.body().length);
            assertThat(part.body()).isEqualTo(Arrays.copyOfRange(whole.body(), 100, 1100));
            assertThat(content(second, id, "bytes=0-").body()).isEqualTo(whole.body());
            s3.stop();
            HttpResponse<byte[]> refused = content(second, id, "bytes=0-");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).hasValue("5");
        }
        assertThat(folder.resolve("second/files")).as("nothing is kept here").doesNotExist();
    }

    @Test
    void aBucketThatIsAwayForAWhileLosesNoJob() throws Exception {
        try (Service service = service("machine")) {
            JobId id = ask(service, 4);
            awaited(id, job -> job.run().checkpointStep().orElse(0) >= 2);
            s3.stop();
            await(() -> log.stream().anyMatch(line -> line.endsWith("; trying again")));
            s3.start();
            assertThat(ended(id).run().attempts()).isEqualTo(1);
            assertThat(content(service, id, "bytes=0-").body()).isNotEmpty();
        }
        try (var left = Files.list(folder.resolve("machine/scratch"))) {
            assertThat(left).isEmpty();
        }
    }
}

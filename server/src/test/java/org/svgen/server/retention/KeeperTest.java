package org.svgen.server.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.server.blob.Blob;
import org.svgen.server.blob.BlobKey;
import org.svgen.server.blob.Blobs;
import org.svgen.server.blob.FolderBlobs;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobError;
import org.svgen.server.job.JobId;
import org.svgen.server.job.JobRequest;
import org.svgen.server.job.NewJob;
import org.svgen.server.store.Completion;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.QueueLimits;
import org.svgen.server.store.StoreSettings;
import org.svgen.server.store.sql.JobStores;

class KeeperTest {
    private static final Duration WEEK = Duration.ofDays(7);
    private static final Duration LEASE = Duration.ofMinutes(1);
    private static final int BYTES = 100;

    @TempDir Path folder;

    private long now = 1_790_000_000_000L;
    private JobStore store;
    private Blobs blobs;
    private final List<String> log = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        store =
                JobStores.sqlite(
                        folder.resolve("data"),
                        new StoreSettings(() -> Instant.ofEpochMilli(now), _ -> {}));
        blobs = FolderBlobs.open(folder.resolve("blobs"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private Keeper keeper(Optional<Duration> time, OptionalLong bytes) {
        return new Keeper(
                store,
                blobs,
                new KeepRules(time, bytes),
                () -> Instant.ofEpochMilli(now),
                log::add);
    }

    private void pass(Duration time) {
        now += time.toMillis();
    }

    private JobId create() throws IOException {
        JobId id = JobId.random();
        blobs.put(BlobKey.of(id, "image"), new ByteArrayInputStream(new byte[BYTES]));
        store.create(
                new NewJob(
                        id,
                        new JobRequest(
                                "",
                                "demo",
                                Map.of("prompt", "x"),
                                Map.of(),
                                JobRequest.Links.none()),
                        0,
                        Map.of(),
                        List.of()),
                Optional.empty(),
                new QueueLimits(100, 100));
        return id;
    }

    private JobId completed(OptionalLong keepMillis) throws IOException {
        JobId id = create();
        Job job = store.claim("w", Set.of("demo"), LEASE).orElseThrow();
        blobs.put(BlobKey.of(id, "video.mp4"), new ByteArrayInputStream(new byte[BYTES]));
        store.complete(job.claim(), new Completion(Map.of(), BYTES, keepMillis)).orElseThrow();
        pass(Duration.ofSeconds(1));
        return id;
    }

    private boolean hasVideo(JobId id) throws IOException {
        return blobs.size(BlobKey.of(id, "video.mp4")).isPresent();
    }

    @Test
    void theVideoGoesFirstAndTheRecordThirtyDaysLater() throws IOException {
        Keeper keeper = keeper(Optional.of(WEEK), OptionalLong.empty());
        JobId done = completed(OptionalLong.of(WEEK.toMillis()));
        JobId failed = create();
        store.fail(
                store.claim("w", Set.of("demo"), LEASE).orElseThrow().claim(),
                new JobError("broken", "it broke"));
        JobId waiting = create();
        pass(WEEK.minusMinutes(1));
        keeper.sweep();
        assertThat(hasVideo(done)).isTrue();
        pass(Duration.ofMinutes(2));
        keeper.sweep();
        assertThat(hasVideo(done)).isFalse();
        assertThat(blobs.list(BlobKey.folder(done))).isEmpty();
        assertThat(store.find(done).orElseThrow().content().gone()).isTrue();
        pass(Duration.ofDays(29));
        keeper.sweep();
        assertThat(store.find(done)).isPresent();
        assertThat(store.find(failed)).isPresent();
        pass(Duration.ofDays(2));
        keeper.sweep();
        assertThat(store.find(done)).isEmpty();
        assertThat(store.find(failed)).isEmpty();
        assertThat(store.find(waiting)).isPresent();
        assertThat(blobs.list("jobs")).containsExactly(BlobKey.of(waiting, "image"));
        assertThat(log).isEmpty();
    }

    @Test
    void aClockThatJumpsAheadRemovesNothing() throws IOException {
        AtomicLong nanos = new AtomicLong(-5);
        JobId old = completed(OptionalLong.of(WEEK.toMillis()));
        Keeper keeper =
                new Keeper(
                        store,
                        blobs,
                        new KeepRules(Optional.of(WEEK), OptionalLong.empty()),
                        new SteadyClock(
                                () -> Instant.ofEpochMilli(now),
                                nanos::get,
                                folder.resolve("clock"),
                                log::add),
                        log::add);
        keeper.sweep();
        pass(Duration.ofDays(10_000));
        keeper.sweep();
        assertThat(hasVideo(old)).isTrue();
        assertThat(log)
                .containsExactly(
                        "the clock jumped ahead by 10000 d 0 h: old videos stay for a day; set it"
                                + " back before if it is wrong");
        nanos.addAndGet(Duration.ofDays(1).toNanos());
        pass(Duration.ofDays(1));
        keeper.sweep();
        assertThat(hasVideo(old)).isFalse();
        assertThat(store.find(old)).as("its record is as old").isEmpty();
    }

    @Test
    void theOldestVideosGoUntilAllFitIn() throws IOException {
        List<JobId> jobs = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            jobs.add(completed(OptionalLong.empty()));
        }
        keeper(Optional.empty(), OptionalLong.of(3 * BYTES)).sweep();
        assertThat(hasVideo(jobs.get(0))).isFalse();
        assertThat(hasVideo(jobs.get(1))).isFalse();
        for (JobId kept : jobs.subList(2, 5)) {
            assertThat(hasVideo(kept)).isTrue();
        }
        pass(Duration.ofDays(31));
        keeper(Optional.empty(), OptionalLong.of(3 * BYTES)).sweep();
        assertThat(store.find(jobs.get(0))).isEmpty();
        assertThat(store.find(jobs.get(2))).as("its video is still kept").isPresent();
    }

    @Test
    void withoutLimitsNothingGoes() throws IOException {
        JobId id = completed(OptionalLong.empty());
        pass(Duration.ofDays(1000));
        Keeper keeper =
                new Keeper(
                        store,
                        blobs,
                        KeepRules.always(),
                        () -> Instant.ofEpochMilli(now),
                        log::add);
        keeper.sweep();
        assertThat(hasVideo(id)).isTrue();
        assertThat(store.find(id)).isPresent();
    }

    @Test
    void aDownloadThatHasBegunIsReadToItsEnd() throws IOException {
        JobId id = completed(OptionalLong.of(1));
        try (Blob open = blobs.open(BlobKey.of(id, "video.mp4")).orElseThrow()) {
            pass(Duration.ofSeconds(1));
            keeper(Optional.of(Duration.ofMillis(1)), OptionalLong.empty()).sweep();
            assertThat(hasVideo(id)).isFalse();
            assertThat(open.read().readAllBytes()).hasSize(BYTES);
        }
    }

    @Test
    void filesThatNoJobHasGoAfterAnHourAndThoseOfAKilledRemovalAtOnce() throws IOException {
        Keeper keeper = keeper(Optional.empty(), OptionalLong.empty());
        JobId gone = completed(OptionalLong.empty());
        store.retention().contentGone(gone); // and a kill came
        JobId coming = JobId.random();
        JobId lost = JobId.random();
        for (JobId id : List.of(coming, lost)) {
            blobs.put(BlobKey.of(id, "image"), new ByteArrayInputStream(new byte[BYTES]));
        }
        keeper.sweep();
        assertThat(blobs.list(BlobKey.folder(gone))).isEmpty();
        assertThat(blobs.list("jobs")).hasSize(2);
        store.create(
                new NewJob(
                        coming,
                        new JobRequest(
                                "",
                                "demo",
                                Map.of("prompt", "x"),
                                Map.of(),
                                JobRequest.Links.none()),
                        0,
                        Map.of(),
                        List.of()),
                Optional.empty(),
                new QueueLimits(100, 100));
        pass(Duration.ofMinutes(59));
        keeper.sweep();
        assertThat(blobs.list("jobs")).hasSize(2);
        pass(Duration.ofMinutes(2));
        keeper.sweep();
        assertThat(blobs.list("jobs")).containsExactly(BlobKey.of(coming, "image"));
    }
}

package org.svgen.server.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.svgen.server.store.sql.Fixtures.NO_LIMITS;
import static org.svgen.server.store.sql.Fixtures.accepted;
import static org.svgen.server.store.sql.Fixtures.job;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.server.blob.Blob;
import org.svgen.server.blob.BlobKey;
import org.svgen.server.blob.FolderBlobs;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobId;
import org.svgen.server.job.JobState;
import org.svgen.server.store.Admission;
import org.svgen.server.store.Idempotency;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.StoreSettings;
import org.svgen.server.store.Totals.Ended;

/** Processes that use a store are killed. {@code -Dsvgen.kills=1000} kills as many. */
class KilledStoreTest {
    private static final int KILLS = Integer.getInteger("svgen.kills", 3);

    @Test
    void noJobIsLostThatWasAccepted(@TempDir Path folder) throws Exception {
        List<String> accepted = new ArrayList<>();
        for (int kill = 0; kill < KILLS; kill++) {
            try (ChildProcess child = ChildProcess.start(CreatingProgram.class, "" + folder)) {
                StoreContract.await(() -> !child.lines().isEmpty() || !child.isAlive());
                Thread.sleep(ThreadLocalRandom.current().nextInt(200));
                child.kill();
                assertThat(child.lines()).isNotEmpty();
                assertThatAllAreThere(folder, child.lines());
                accepted.addAll(child.lines());
            }
        }
        try (JobStore store = JobStores.sqlite(folder, StoreSettings.plain())) {
            // The last of each round may be there without having been answered.
            assertThat(store.counts().get(JobState.QUEUED))
                    .isBetween((long) accepted.size(), (long) accepted.size() + KILLS);
            assertThat(store.totals().accepted())
                    .isEqualTo(Map.of("demo", store.counts().get(JobState.QUEUED)));
        }
    }

    private static void assertThatAllAreThere(Path folder, List<String> ids) throws IOException {
        FolderBlobs blobs = FolderBlobs.open(folder.resolve("blobs"));
        try (JobStore store = JobStores.sqlite(folder, StoreSettings.plain())) {
            for (String id : ids) {
                Job found = store.find(new JobId(id)).orElseThrow();
                Optional<Idempotency> key = Optional.of(new Idempotency(id, id));
                assertThat(store.create(job("", "demo", 0), key, NO_LIMITS))
                        .isEqualTo(new Admission.Replayed(found));
                assertThat(store.events(found.id(), 0)).hasSize(1);
                try (Blob picture = blobs.open(BlobKey.of(found.id(), "image")).orElseThrow()) {
                    assertThat(picture.read()).hasBinaryContent(id.getBytes());
                }
            }
        }
    }

    @Test
    void twoWorkersShareAQueueAndOneIsKilled() throws Exception {
        String url = PostgresServer.database();
        try (JobStore store = PostgresServer.open(url);
                ChildProcess one = ChildProcess.start(WorkingProgram.class, "one", url);
                ChildProcess other = ChildProcess.start(WorkingProgram.class, "other", url)) {
            List<JobId> jobs = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                jobs.add(accepted(store, job("", "demo", 0)).id());
            }
            StoreContract.await(() -> one.lines().size() >= 3 && !other.lines().isEmpty());
            one.kill();
            StoreContract.await(() -> store.counts().get(JobState.COMPLETED) == jobs.size());
            assertThat(store.totals().ended())
                    .isEqualTo(Map.of(new Ended("demo", "completed"), (long) jobs.size()));
            for (JobId id : jobs) {
                assertThat(store.events(id, 0).stream().filter(e -> e.name().equals("completed")))
                        .hasSize(1);
            }
            Job last = store.find(new JobId(one.lines().getLast().substring(5))).orElseThrow();
            assertThat(last.state()).isEqualTo(JobState.COMPLETED);
        }
    }
}

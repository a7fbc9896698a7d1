package org.svgen.server.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.svgen.server.store.sql.Fixtures.NO_LIMITS;
import static org.svgen.server.store.sql.Fixtures.accepted;
import static org.svgen.server.store.sql.Fixtures.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobId;
import org.svgen.server.job.JobTimes;
import org.svgen.server.job.NewJob;
import org.svgen.server.store.Admission;
import org.svgen.server.store.Completion;
import org.svgen.server.store.Idempotency;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.StoreSettings;
import org.svgen.tensor.BadInputException;

/** What is so of the store in a data folder only. */
class SqliteStoreTest {
    private static final long HOUR = 3_600_000;

    @TempDir Path folder;

    private final AtomicLong time = new AtomicLong(1_800_000_000_000L);

    private JobStore open() {
        InstantSource clock = () -> java.time.Instant.ofEpochMilli(time.get());
        return JobStores.sqlite(folder, new StoreSettings(clock, _ -> {}));
    }

    @Test
    void aFolderThatIsInUseIsRefusedInOneLine() {
        try (JobStore store = open()) {
            assertThatThrownBy(this::open)
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContainingAll(
                            folder + ": the data folder is in use by another svgen",
                            "process " + ProcessHandle.current().pid())
                    .hasMessageNotContaining("\n");
        }
        open().close();
    }

    @Test
    void aFolderThatCannotBeMadeIsRefused() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> JobStores.sqlite(file.resolve("x"), StoreSettings.plain()))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("cannot be used as a data folder");
    }

    @Test
    void whoWaitsLongGrowsImportantSoThatNothingStarves() {
        try (JobStore store = open()) {
            Job old = accepted(store, job("", "demo", 0));
            time.addAndGet(HOUR / 3); // two more than its own
            Job high = accepted(store, job("", "demo", 2));
            assertThat(store.queue().waiting()).extracting(Job::id).startsWith(old.id());
            Job higher = accepted(store, job("", "demo", 3));
            assertThat(store.queue().waiting())
                    .extracting(Job::id)
                    .containsExactly(higher.id(), old.id(), high.id());
        }
    }

    @Test
    void aClockThatIsSetBackChangesNeitherOrderNorWhatCameFirst() {
        try (JobStore store = open()) {
            JobId first = accepted(store, job("", "demo", 0)).id();
            time.addAndGet(-24 * HOUR);
            JobId second = accepted(store, job("", "demo", 0)).id();
            assertThat(store.queue().waiting()).extracting(Job::id).containsExactly(first, second);
            Job run = store.claim("w", Set.of("demo"), Duration.ofSeconds(60)).orElseThrow();
            assertThat(run.id()).isEqualTo(first);
            time.addAndGet(-24 * HOUR);
            Completion done = new Completion(Map.of(), 1, OptionalLong.of(HOUR));
            JobTimes times = store.complete(run.claim(), done).orElseThrow().times();
            assertThat(times.started()).hasValue(times.created());
            assertThat(times.finished()).hasValue(times.created());
        }
    }

    @Test
    void aClockThatJumpsAheadTakesNoJobFromItsWorker() {
        try (JobStore store = open()) {
            accepted(store, job("", "demo", 0));
            Job run = store.claim("w", Set.of("demo"), Duration.ofSeconds(60)).orElseThrow();
            time.addAndGet(1000 * HOUR);
            assertThat(store.recover().requeued()).isEmpty();
            assertThat(store.heartbeat(run.claim(), Duration.ofSeconds(60))).isPresent();
        }
    }

    @Test
    void theKeyOfADeletedJobIsFreeAfterADay() {
        Optional<Idempotency> key = Optional.of(new Idempotency("k", "hash"));
        try (JobStore store = open()) {
            NewJob first = job("", "demo", 0);
            store.create(first, key, NO_LIMITS);
            time.addAndGet(20 * HOUR);
            store.delete(first.id());
            time.addAndGet(4 * HOUR - 1);
            assertThat(store.create(job("", "demo", 0), key, NO_LIMITS))
                    .isEqualTo(new Admission.Deleted(first.id()));
            time.addAndGet(1);
            assertThat(store.create(job("", "demo", 0), key, NO_LIMITS))
                    .isInstanceOf(Admission.Accepted.class);
            time.addAndGet(1000 * HOUR);
            assertThat(store.create(job("", "demo", 0), key, NO_LIMITS))
                    .as("its job is still there")
                    .isInstanceOf(Admission.Replayed.class);
        }
    }

    @Test
    void newsAreNotHeldUpByAClockThatIsSetBack() {
        try (JobStore store = open()) {
            accepted(store, job("", "demo", 0, Optional.of("https://example.org")));
            store.cancel(store.queue().waiting().getFirst().id());
            var news = store.outbox().take(1, Duration.ofSeconds(60)).getFirst();
            store.outbox().retry(news.id(), Duration.ofHours(2));
            assertThat(store.outbox().take(1, Duration.ofSeconds(60))).isEmpty();
            time.addAndGet(-24 * HOUR);
            assertThat(store.outbox().take(1, Duration.ofSeconds(60))).hasSize(1);
        }
    }

    @Test
    void aDamagedStoreIsRefusedAndLeftAsItIs() throws IOException {
        open().close();
        Path file = folder.resolve("jobs.db");
        byte[] bytes = Files.readAllBytes(file);
        java.util.Arrays.fill(bytes, 5000, 12_000, (byte) 0x55);
        Files.write(file, bytes);
        assertThatThrownBy(this::open)
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(file + ": the store of jobs is damaged (")
                .hasMessageNotContaining("\n");
        assertThat(file).hasBinaryContent(bytes);
        Files.writeString(file, "something else, not a database. ".repeat(100));
        assertThatThrownBy(this::open).hasMessageContaining("damaged");
    }

    @Test
    void whatIsCommittedIsOnTheDiskByItsOwnSettings() throws SQLException {
        open().close();
        try (Connection connection = new SqliteFile(folder.resolve("jobs.db")).writer()) {
            assertThat(SqliteFile.number(connection, "PRAGMA synchronous")).hasValue(2);
            assertThat(SqliteFile.number(connection, "PRAGMA foreign_keys")).hasValue(1);
            assertThat(SqliteFile.number(connection, "PRAGMA trusted_schema")).hasValue(0);
            assertThat(SqliteFile.number(connection, "PRAGMA busy_timeout")).hasValue(5000);
        }
        assertThat(folder.resolve("jobs.db-wal")).doesNotExist();
    }
}

package org.svgen.server.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobEvent;
import org.svgen.server.job.JobState;
import org.svgen.server.store.Admission;
import org.svgen.server.store.Idempotency;
import org.svgen.server.store.JobQuery;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.StoreSettings;
import org.svgen.tensor.BadInputException;

/** A store that an earlier or a later version has written. */
class MigrationsTest {
    private static final String NEXT = "classpath:org/svgen/server/store/next";

    @TempDir Path folder;

    private Path file;

    /** As release 0.1.0 wrote it. */
    @BeforeEach
    void unpack() throws IOException {
        file = folder.resolve("jobs.db");
        try (var packed = MigrationsTest.class.getResourceAsStream("jobs-0.1.0.db.gz");
                var bytes = new GZIPInputStream(packed)) {
            Files.copy(bytes, file);
        }
    }

    @Test
    void aStoreOfTheFirstReleaseIsReadWithAllThatIsInIt() {
        try (JobStore store = JobStores.sqlite(folder, StoreSettings.plain())) {
            assertThat(states(store))
                    .containsExactly(
                            JobState.QUEUED,
                            JobState.IN_PROGRESS,
                            JobState.COMPLETED,
                            JobState.FAILED);
            assertThat(store.recover().requeued()).hasSize(1);
            Job done = jobs(store).get(2);
            assertThat(done.prompt()).isEqualTo("a red circle");
            assertThat(done.content().outcome()).containsEntry("inference_time_s", 1.5);
            assertThat(store.events(done.id(), 0))
                    .extracting(JobEvent::name)
                    .containsExactly("status", "status", "completed");
            assertThat(store.queue().paused()).isTrue();
            assertThat(store.totals().accepted()).containsEntry("demo", 4L);
            assertThat(store.outbox().take(9, java.time.Duration.ofSeconds(1))).hasSize(1);
        }
    }

    @Test
    void keysOfAnEarlierStoreStillStandForTheirJobs() throws SQLException {
        try (Connection connection = new SqliteFile(file).writer()) {
            SqliteFile.run(
                    connection,
                    "INSERT INTO idempotency SELECT owner, 'k', 'hash', seq FROM job ORDER BY seq LIMIT 1");
        }
        try (JobStore store = JobStores.sqlite(folder, StoreSettings.plain())) {
            Job first = jobs(store).getFirst();
            assertThat(
                            store.create(
                                    Fixtures.job(first.owner(), "demo", 0),
                                    Optional.of(new Idempotency("k", "hash")),
                                    Fixtures.NO_LIMITS))
                    .isEqualTo(new Admission.Replayed(first));
        }
    }

    private static List<Job> jobs(JobStore store) {
        var all = new JobQuery(JobQuery.Filter.of(Optional.empty()), Optional.empty(), 99, true);
        return store.list(all).orElseThrow().jobs();
    }

    private static List<JobState> states(JobStore store) {
        return jobs(store).stream().map(Job::state).toList();
    }

    @Test
    void aStoreIsCopiedBeforeItsSchemaChanges() throws SQLException {
        openByTheNextVersion().close();
        Path copy = folder.resolve("jobs.db.v1");
        try (Connection old = new SqliteFile(copy).reader();
                Connection now = new SqliteFile(file).reader()) {
            assertThat(SqliteFile.number(old, "SELECT COUNT(*) FROM job")).hasValue(4);
            assertThat(SqliteFile.number(now, "SELECT COUNT(extra) FROM job")).hasValue(4);
            assertThatThrownBy(() -> SqliteFile.number(old, "SELECT extra FROM job"))
                    .isInstanceOf(SQLException.class);
        }
        assertThat(folder).isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void aStoreOfANewerVersionIsRefusedInOneLineAndLeftAsItIs() throws IOException {
        openByTheNextVersion().close();
        byte[] bytes = Files.readAllBytes(file);
        assertThatThrownBy(() -> JobStores.sqlite(folder, StoreSettings.plain()))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "%s: a newer svgen has written it (schema 3; this one knows up to 2): use that version"
                                .formatted(file));
        assertThat(file).hasBinaryContent(bytes);
    }

    /** A step that fails halfway leaves the store as it was, and the copy beside it. */
    @Test
    void aStepThatFailsChangesNothing() throws SQLException {
        assertThatThrownBy(() -> open("classpath:org/svgen/server/store/broken"))
                .hasMessageContaining("cannot be brought up to date");
        try (JobStore store = JobStores.sqlite(folder, StoreSettings.plain())) {
            assertThat(states(store)).hasSize(4);
        }
        try (Connection connection = new SqliteFile(file).reader()) {
            assertThatThrownBy(() -> SqliteFile.number(connection, "SELECT half FROM job"))
                    .isInstanceOf(SQLException.class);
        }
    }

    @Test
    void theShortWayKnowsTheLastStep() {
        JobStores.sqlite(folder, StoreSettings.plain()).close();
        var source = new SqliteFile(file).source();
        assertThat(Migrations.isLatest(source)).isTrue();
        assertThat(new Migrations(source, "x", SqliteOpening.STEPS).outdated()).isEmpty();
        openByTheNextVersion().close();
        assertThat(Migrations.isLatest(source)).isFalse();
    }

    private JobStore openByTheNextVersion() {
        return open(NEXT);
    }

    private JobStore open(String more) {
        return new SqliteOpening(StoreSettings.plain(), SqliteOpening.STEPS, more).open(folder);
    }
}

package org.svgen.server.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.svgen.server.store.sql.Fixtures.accepted;
import static org.svgen.server.store.sql.Fixtures.job;
import static org.svgen.server.store.sql.StoreContract.DEMO;
import static org.svgen.server.store.sql.StoreContract.LEASE;

import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.svgen.server.job.Claim;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobId;
import org.svgen.server.store.Completion;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.StoreException;
import org.svgen.tensor.BadInputException;

/** What is so of the store that several processes share. */
class PostgresStoreTest {
    private static final Completion DONE = new Completion(Map.of(), 1, OptionalLong.empty());

    private final String url = PostgresServer.database();
    private JobStore one;
    private JobStore other;

    @BeforeEach
    void open() {
        one = PostgresServer.open(url);
        other = PostgresServer.open(url);
    }

    @AfterEach
    void close() {
        one.close();
        other.close();
    }

    @Test
    void aWorkerOfAnotherProcessIsWokenByAJobAndTakesIt() throws Exception {
        CountDownLatch woken = new CountDownLatch(1);
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        other.awaitWork(DEMO, Duration.ofSeconds(20));
                        woken.countDown();
                    } catch (InterruptedException e) {
                        // the test has failed by then
                    }
                });
        Thread.sleep(200);
        Job job = accepted(one, job("", "demo", 0));
        assertThat(woken.await(2, TimeUnit.SECONDS)).isTrue();
        assertThat(other.claim("w", DEMO, LEASE)).map(Job::id).contains(job.id());
        assertThat(one.claim("v", DEMO, LEASE)).isEmpty();
    }

    @Test
    void aJobWhoseLeaseRanOutIsTakenByAnotherAndTheFirstCannotWrite() throws Exception {
        accepted(one, job("", "demo", 0));
        Claim lost = one.claim("w", DEMO, Duration.ofMillis(150)).orElseThrow().claim();
        assertThat(other.recover().requeued()).isEmpty();
        assertThat(one.heartbeat(lost, Duration.ofMillis(400))).isPresent();
        Thread.sleep(200);
        assertThat(other.recover().requeued()).as("its heart has beaten").isEmpty();
        Thread.sleep(300);
        assertThat(other.recover().requeued()).hasSize(1);
        Claim taken = other.claim("v", DEMO, LEASE).orElseThrow().claim();
        assertThat(one.complete(lost, DONE)).isEmpty();
        assertThat(one.heartbeat(lost, LEASE)).isEmpty();
        assertThat(other.complete(taken, DONE)).isPresent();
    }

    @Test
    void newsGoOnWhenTheirConnectionIsLost() throws Exception {
        var heard = new ConcurrentLinkedQueue<JobId>();
        try (JobStore.Watch watch = one.watch(heard::add)) {
            Job first = accepted(other, job("", "demo", 0));
            StoreContract.await(() -> heard.contains(first.id()));
            PostgresServer.executeAt(
                    url,
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            + " WHERE datname = current_database() AND query LIKE 'LISTEN%'");
            Job second = accepted(other, job("", "demo", 0));
            StoreContract.await(() -> heard.contains(second.id()));
        }
    }

    @Test
    void whoeverIsRefusedIsToldSoWithoutThePassword() {
        String host = url.replaceFirst("//.*@", "//kim:secret@");
        assertThatThrownBy(() -> PostgresServer.open(host))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("refuses this user or password")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> PostgresServer.open(url + "x"))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("there is no such database");
        assertThatThrownBy(() -> PostgresServer.open("postgres://kim:secret@localhost:1/x"))
                .isInstanceOf(StoreException.class)
                .hasMessage("postgres://kim@localhost:1/x: the database cannot be reached");
    }

    @Test
    void aStoreOfANewerVersionIsRefused() {
        PostgresServer.executeAt(
                url,
                "INSERT INTO schema_history SELECT 9, '9', 'later', 'SQL', 'V9__later.sql', 0,"
                        + " installed_by, installed_on, 0, true FROM schema_history"
                        + " WHERE installed_rank = 1");
        assertThatThrownBy(() -> PostgresServer.open(url))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("a newer svgen has written it (schema 9;");
    }
}

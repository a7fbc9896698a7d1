package org.svgen.server.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.svgen.server.store.sql.Fixtures.accepted;
import static org.svgen.server.store.sql.Fixtures.job;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.svgen.server.job.Claim;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobId;
import org.svgen.server.store.Completion;
import org.svgen.server.store.JobStore;

/** A store of jobs that is tested, whichever it is. */
abstract class StoreContract {
    static final Duration LEASE = Duration.ofSeconds(60);
    static final Set<String> DEMO = Set.of("demo");
    static final Completion DONE = new Completion(Map.of(), 5, OptionalLong.empty());

    JobStore store;

    /** Opens the store that the test had before, or a new one. */
    abstract JobStore open();

    /** The claims that there are become void, as if their workers had died. */
    abstract void loseWorkers() throws Exception;

    @BeforeEach
    void openStore() {
        store = open();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    void reopen() {
        store.close();
        store = open();
    }

    Job queued(int priority) {
        return accepted(store, job("", "demo", priority));
    }

    Claim claimed() {
        return claim().claim();
    }

    Job claim() {
        return store.claim("w", DEMO, LEASE).orElseThrow();
    }

    List<JobId> order() {
        return store.queue().waiting().stream().map(Job::id).toList();
    }

    Job found(JobId id) {
        return store.find(id).orElseThrow();
    }

    List<String> states(JobId id) {
        return store.events(id, 0).stream().map(e -> e.state().orElseThrow().word()).toList();
    }

    static void await(java.util.function.BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(5);
        }
    }

    static void inParallel(int threads, Runnable action) throws InterruptedException {
        List<Thread> all = new ArrayList<>();
        var failures = new ConcurrentLinkedQueue<Throwable>();
        for (int i = 0; i < threads; i++) {
            Thread thread = Thread.ofVirtual().unstarted(action);
            thread.setUncaughtExceptionHandler((_, e) -> failures.add(e));
            all.add(thread);
        }
        all.forEach(Thread::start);
        for (Thread thread : all) {
            thread.join();
        }
        assertThat(failures).isEmpty();
    }
}

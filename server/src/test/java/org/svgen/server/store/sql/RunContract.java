package org.svgen.server.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.svgen.server.store.sql.Fixtures.accepted;
import static org.svgen.server.store.sql.Fixtures.job;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.svgen.server.job.Claim;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobError;
import org.svgen.server.job.JobEvent;
import org.svgen.server.job.JobId;
import org.svgen.server.job.JobState;
import org.svgen.server.store.Completion;
import org.svgen.server.store.Delivery;
import org.svgen.server.store.Recovered;
import org.svgen.server.store.Recovery;
import org.svgen.server.store.Requeue;
import org.svgen.server.store.Totals.Ended;

/** What a store of jobs promises to workers, and what it keeps of their work. */
abstract class RunContract extends StoreContract {
    @Test
    void eachJobIsGivenToOneWorkerOnly() throws Exception {
        for (int i = 0; i < 40; i++) {
            queued(i % 3);
        }
        var given = new ConcurrentLinkedQueue<JobId>();
        inParallel(
                4,
                () -> {
                    Optional<Job> job = store.claim("w", DEMO, LEASE);
                    while (job.isPresent()) {
                        given.add(job.get().id());
                        job = store.claim("w", DEMO, LEASE);
                    }
                });
        assertThat(given).hasSize(40).doesNotHaveDuplicates();
    }

    @Test
    void aJobIsCompletedOnceAndNeverChangesAgain() {
        Job job = queued(0);
        Claim claim = claimed();
        store.note(claim, Map.of("a", 1, "b", 2));
        store.warn(claim, "slow");
        store.warn(claim, "slow");
        Completion completion =
                new Completion(Map.of("b", 3, "c", Map.of("d", 0.5)), 77, OptionalLong.of(1000));
        Job done = store.complete(claim, completion).orElseThrow();
        assertThat(done.state()).isEqualTo(JobState.COMPLETED);
        assertThat(done.content().outcome())
                .isEqualTo(Map.of("a", 1, "b", 3, "c", Map.of("d", 0.5)));
        assertThat(done.content().warnings()).containsExactly("slow");
        assertThat(done.content().bytes()).isEqualTo(77);
        assertThat(done.run().claim()).isEmpty();
        long finished = done.times().finished().orElseThrow();
        assertThat(finished).isGreaterThanOrEqualTo(done.times().started().orElseThrow());
        assertThat(done.times().expires()).hasValue(finished + 1000);
        reopen();
        assertThat(store.complete(claim, completion)).as("asked again").contains(done);
        assertThat(store.fail(claim, JobError.cancelled())).contains(done);
        assertThat(store.requeue(claim, Requeue.RETRY)).isEmpty();
        assertThat(store.cancel(job.id())).contains(done);
        assertThat(store.recover()).isEqualTo(new Recovered(List.of(), List.of()));
        assertThat(found(job.id())).isEqualTo(done);
        assertThat(states(job.id())).containsExactly("queued", "in_progress", "completed");
    }

    @Test
    void aFailedJobSaysWhy() {
        Job job = queued(0);
        JobError error = new JobError("out_of_memory", "it needs 3 GB");
        Job failed = store.fail(claimed(), error).orElseThrow();
        assertThat(failed.error()).contains(error);
        assertThat(found(job.id())).isEqualTo(failed);
        assertThat(states(job.id())).containsExactly("queued", "in_progress", "failed");
    }

    @Test
    void anOldClaimCannotWrite() throws Exception {
        Job job = queued(0);
        Claim old = claimed();
        loseWorkers();
        assertThat(store.recover().requeued()).extracting(Job::id).containsExactly(job.id());
        Claim renewed = claimed();
        assertThat(renewed.fence()).isGreaterThan(old.fence());
        Job before = found(job.id());
        assertThat(store.heartbeat(old, LEASE)).isEmpty();
        assertThat(store.checkpointed(old, 9)).isEmpty();
        assertThat(store.note(old, Map.of("a", 1))).isEmpty();
        assertThat(store.warn(old, "x")).isEmpty();
        assertThat(store.complete(old, DONE)).isEmpty();
        assertThat(store.fail(old, JobError.cancelled())).isEmpty();
        assertThat(store.requeue(old, Requeue.STOPPED)).isEmpty();
        assertThat(store.complete(new Claim(job.id(), "w", renewed.fence() + 1), DONE)).isEmpty();
        assertThat(store.complete(new Claim(job.id(), "v", renewed.fence()), DONE)).isEmpty();
        assertThat(found(job.id())).isEqualTo(before);
        assertThat(store.complete(renewed, DONE)).isPresent();
    }

    @Test
    void aJobWhoseWorkerDiesGoesOnFromItsCheckpoint() throws Exception {
        Job job = queued(0);
        assertThat(store.checkpointed(claimed(), 7)).isPresent();
        loseWorkers();
        Job waiting = store.recover().requeued().getFirst();
        assertThat(waiting.state()).isEqualTo(JobState.QUEUED);
        assertThat(waiting.run().checkpointStep()).hasValue(7);
        Job again = claim();
        assertThat(again.id()).isEqualTo(job.id());
        assertThat(again.run().attempts()).isEqualTo(2);
        store.recovered(again.claim(), Recovery.RESUMED);
        assertThat(store.totals().recovered()).isEqualTo(Map.of(Recovery.RESUMED, 1L));
        store.recovered(again.claim(), Recovery.RESTARTED);
        assertThat(found(job.id()).run().checkpointStep()).isEmpty();
        assertThat(states(job.id()))
                .containsExactly("queued", "in_progress", "queued", "in_progress");
    }

    @Test
    void aJobThatCrashesThreeTimesWithoutANewCheckpointFailsAndOthersGoOn() throws Exception {
        Job bad = queued(1);
        Job good = queued(0);
        store.checkpointed(claimed(), 4);
        for (int crash = 1; crash <= 3; crash++) {
            loseWorkers();
            assertThat(store.recover().requeued()).as("crash %d", crash).hasSize(1);
            Claim claim = claimed();
            assertThat(claim.job()).isEqualTo(bad.id());
            store.checkpointed(claim, 4); // not further than before
        }
        loseWorkers();
        Recovered recovered = store.recover();
        assertThat(recovered.requeued()).isEmpty();
        assertThat(recovered.ended()).extracting(Job::id).containsExactly(bad.id());
        assertThat(found(bad.id()).error()).map(JobError::code).contains(JobError.CRASH_LOOP);
        assertThat(found(bad.id()).run().attempts()).isEqualTo(4);
        assertThat(store.totals().recovered()).isEqualTo(Map.of(Recovery.QUARANTINED, 1L));
        assertThat(claim().id()).isEqualTo(good.id());
    }

    @Test
    void stopsInGoodOrderDoNotCountAgainstAJobButRetriesDo() {
        Job job = queued(0);
        for (int i = 0; i < 5; i++) {
            store.requeue(claimed(), Requeue.STOPPED);
        }
        assertThat(found(job.id()).run().attempts()).isEqualTo(5);
        assertThat(found(job.id()).run().startsSinceCheckpoint()).isZero();
        store.requeue(claimed(), Requeue.RETRY);
        store.requeue(claimed(), Requeue.RETRY);
        Job failed = store.requeue(claimed(), Requeue.RETRY).orElseThrow();
        assertThat(failed.error()).map(JobError::code).contains(JobError.CRASH_LOOP);
    }

    @Test
    void aRunningJobThatIsCancelledEndsCancelledWhateverItsWorkerSays() throws Exception {
        for (int i = 0; i < 4; i++) {
            queued(0);
        }
        Claim completed = claimed();
        Claim failed = claimed();
        Claim stopped = claimed();
        Claim died = claimed();
        for (Claim claim : List.of(completed, failed, stopped, died)) {
            Job job = store.cancel(claim.job()).orElseThrow();
            assertThat(job.state()).isEqualTo(JobState.IN_PROGRESS);
            assertThat(job.run().cancelRequested()).isTrue();
        }
        assertThat(store.heartbeat(completed, LEASE).orElseThrow().run().cancelRequested())
                .isTrue();
        assertThat(store.complete(completed, DONE).orElseThrow().isCancelled()).isTrue();
        assertThat(store.fail(failed, new JobError("x", "y")).orElseThrow().isCancelled()).isTrue();
        assertThat(store.requeue(stopped, Requeue.STOPPED).orElseThrow().isCancelled()).isTrue();
        loseWorkers();
        assertThat(store.recover().ended()).extracting(Job::id).containsExactly(died.job());
        assertThat(store.totals().ended()).isEqualTo(Map.of(new Ended("demo", "cancelled"), 4L));
    }

    @Test
    void aDeletedJobIsGoneAndItsWorkerIsToldSo() {
        Job job = queued(0);
        Claim claim = claimed();
        long before = store.lastEvent();
        assertThat(store.delete(job.id())).map(Job::state).contains(JobState.IN_PROGRESS);
        assertThat(store.find(job.id())).isEmpty();
        assertThat(store.delete(job.id())).isEmpty();
        assertThat(store.heartbeat(claim, LEASE)).isEmpty();
        assertThat(store.complete(claim, DONE)).isEmpty();
        assertThat(store.events(job.id(), before))
                .extracting(JobEvent::name)
                .containsExactly("deleted");
        assertThat(store.events(job.id(), 0)).hasSize(1);
        assertThat(store.totals().ended()).isEqualTo(Map.of(new Ended("demo", "cancelled"), 1L));
    }

    @Test
    void totalsOutliveDeletesAndRestarts() {
        queued(0);
        accepted(store, job("", "other", 0));
        Claim claim = claimed();
        store.complete(claim, DONE);
        store.delete(claim.job());
        store.delete(claim.job());
        reopen();
        assertThat(store.totals().accepted()).isEqualTo(Map.of("demo", 1L, "other", 1L));
        assertThat(store.totals().ended()).isEqualTo(Map.of(new Ended("demo", "completed"), 1L));
        assertThat(store.counts())
                .isEqualTo(
                        Map.of(
                                JobState.QUEUED, 1L,
                                JobState.IN_PROGRESS, 0L,
                                JobState.COMPLETED, 0L,
                                JobState.FAILED, 0L));
    }

    @Test
    void newsOfAnEndWaitInTheOutboxUntilTheyAreDelivered() {
        Job told = accepted(store, job("", "demo", 0, Optional.of("https://example.org/a")));
        queued(0);
        Job done = store.complete(claimed(), DONE).orElseThrow();
        store.complete(claimed(), DONE);
        reopen();
        store.delete(told.id());
        Delivery delivery = store.outbox().take(9, LEASE).getFirst();
        assertThat(delivery.job()).isEqualTo(told.id());
        assertThat(delivery.state()).isEqualTo(JobState.COMPLETED);
        assertThat(delivery.url()).isEqualTo("https://example.org/a");
        assertThat(delivery.at()).isEqualTo(done.times().finished().orElseThrow());
        assertThat(store.outbox().take(9, LEASE)).as("somebody has it").isEmpty();
        store.outbox().retry(delivery.id(), Duration.ZERO);
        Delivery again = store.outbox().take(9, LEASE).getFirst();
        assertThat(again.id()).isEqualTo(delivery.id());
        assertThat(again.attempts()).isEqualTo(1);
        store.outbox().delivered(again.id());
        store.outbox().dropped(again.id());
        assertThat(store.totals().deliveries()).isEqualTo(Map.of("retried", 1L, "delivered", 1L));
    }

    @Test
    void oldFilesGoFirstAndRecordsLater() throws Exception {
        queued(0);
        queued(0);
        queued(0);
        Job first =
                store.complete(claimed(), new Completion(Map.of(), 5, OptionalLong.of(0)))
                        .orElseThrow();
        Job second =
                store.complete(
                                claimed(),
                                new Completion(Map.of(), 6, OptionalLong.of(Long.MAX_VALUE)))
                        .orElseThrow();
        Thread.sleep(2);
        var retention = store.retention();
        assertThat(retention.expired(Long.MAX_VALUE, 9)).containsExactly(first);
        assertThat(retention.expired(0, 9)).isEmpty();
        assertThat(retention.oldestContent(9))
                .extracting(Job::id)
                .containsExactly(first.id(), second.id());
        assertThat(retention.contentBytes()).isEqualTo(11);
        assertThat(retention.contentGone(first.id())).isTrue();
        assertThat(retention.contentGone(first.id())).isFalse();
        assertThat(found(first.id()).content().gone()).isTrue();
        assertThat(retention.expired(Long.MAX_VALUE, 9)).isEmpty();
        assertThat(retention.contentBytes()).isEqualTo(6);
        assertThat(retention.endedBefore(Long.MAX_VALUE, 1))
                .extracting(Job::id)
                .containsExactly(first.id());
    }

    @Test
    void aWorkerThatWaitsIsWokenByAJobAndByTheEndOfAPause() throws Exception {
        store.pause();
        queued(0);
        assertThat(wokenBy(store::resume)).isTrue();
        claim();
        assertThat(wokenBy(() -> queued(0))).isTrue();
        claim();
        assertThat(wokenBy(() -> accepted(store, job("", "other", 0)))).isFalse();
    }

    /** Whether a worker that waits goes on soon after {@code action}. */
    private boolean wokenBy(Runnable action) throws Exception {
        CountDownLatch woken = new CountDownLatch(1);
        Thread worker =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                store.awaitWork(DEMO, Duration.ofSeconds(20));
                                woken.countDown();
                            } catch (InterruptedException e) {
                                // it was to wait on
                            }
                        });
        Thread.sleep(50);
        assertThat(woken.getCount()).as("nothing to do yet").isEqualTo(1);
        action.run();
        boolean done = woken.await(300, TimeUnit.MILLISECONDS);
        worker.interrupt();
        worker.join();
        return done;
    }
}

package org.svgen.server.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.svgen.server.store.sql.Fixtures.NO_LIMITS;
import static org.svgen.server.store.sql.Fixtures.accepted;
import static org.svgen.server.store.sql.Fixtures.job;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobError;
import org.svgen.server.job.JobEvent;
import org.svgen.server.job.JobId;
import org.svgen.server.job.JobState;
import org.svgen.server.job.NewJob;
import org.svgen.server.store.Admission;
import org.svgen.server.store.Idempotency;
import org.svgen.server.store.JobPage;
import org.svgen.server.store.JobQuery;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.Patch;
import org.svgen.server.store.Patched;
import org.svgen.server.store.QueueLimits;

/** What a store of jobs promises to those who send jobs and look at them. */
abstract class QueueContract extends StoreContract {
    @Test
    void whatWasAcceptedIsKeptAsItWasSent() {
        NewJob sent =
                new NewJob(
                        JobId.random(),
                        new org.svgen.server.job.JobRequest(
                                "kim",
                                "demo",
                                Map.of(
                                        "prompt",
                                        "Ein Fluß \u0000 \ud800 \ud83d\ude00 'x' %",
                                        "seed",
                                        Long.MAX_VALUE,
                                        "guidance",
                                        6.5,
                                        "looped",
                                        true),
                                Map.of("image", "jobs/x/image"),
                                new org.svgen.server.job.JobRequest.Links(
                                        Optional.of(JobId.random()),
                                        Optional.of("https://example.org/hook"),
                                        Optional.of("abc"),
                                        Optional.of("00-1-2-01"))),
                        -3,
                        Map.of("colour", "blau \u00fc"),
                        List.of("ignored: user"));
        Job accepted = accepted(store, sent);
        reopen();
        Job kept = found(sent.id());
        assertThat(kept).isEqualTo(accepted);
        assertThat(kept.request()).isEqualTo(sent.request());
        assertThat(kept.metadata()).isEqualTo(sent.metadata());
        assertThat(kept.content().warnings()).isEqualTo(sent.warnings());
        assertThat(kept.priority()).isEqualTo(-3);
        assertThat(kept.state()).isEqualTo(JobState.QUEUED);
        assertThat(kept.times().created()).isPositive();
    }

    @Test
    void aRepeatedRequestMakesOneJobAndAnotherBodyIsRefused() {
        Idempotency key = new Idempotency("k", "hash");
        NewJob first = job("kim", "demo", 0);
        assertThat(store.create(first, Optional.of(key), NO_LIMITS))
                .isInstanceOf(Admission.Accepted.class);
        reopen();
        assertThat(store.create(job("kim", "demo", 0), Optional.of(key), NO_LIMITS))
                .isEqualTo(new Admission.Replayed(found(first.id())));
        assertThat(
                        store.create(
                                job("kim", "demo", 0),
                                Optional.of(new Idempotency("k", "other")),
                                NO_LIMITS))
                .isEqualTo(new Admission.KeyReused());
        assertThat(store.create(job("lee", "demo", 0), Optional.of(key), NO_LIMITS))
                .as("another owner's key")
                .isInstanceOf(Admission.Accepted.class);
    }

    @Test
    void aRequestWhoseJobWasDeletedMakesNoOtherWhenItIsRepeated() {
        Idempotency key = new Idempotency("k", "hash");
        NewJob first = job("kim", "demo", 0);
        store.create(first, Optional.of(key), NO_LIMITS);
        store.delete(first.id());
        reopen();
        assertThat(store.create(job("kim", "demo", 0), Optional.of(key), NO_LIMITS))
                .isEqualTo(new Admission.Deleted(first.id()));
        assertThat(
                        store.create(
                                job("kim", "demo", 0),
                                Optional.of(new Idempotency("k", "other")),
                                NO_LIMITS))
                .isEqualTo(new Admission.KeyReused());
        assertThat(store.counts()).containsEntry(JobState.QUEUED, 0L);
    }

    @Test
    void theSameKeyAtTheSameTimeMakesOneJob() throws Exception {
        Set<JobId> ids = new HashSet<>();
        var answers = new ConcurrentLinkedQueue<Admission>();
        Idempotency key = new Idempotency("k", "hash");
        inParallel(
                8,
                () -> answers.add(store.create(job("", "demo", 0), Optional.of(key), NO_LIMITS)));
        for (Admission answer : answers) {
            ids.add(
                    switch (answer) {
                        case Admission.Accepted(Job job) -> job.id();
                        case Admission.Replayed(Job job) -> job.id();
                        default -> throw new AssertionError(answer);
                    });
        }
        assertThat(answers).hasSize(8);
        assertThat(ids).hasSize(1);
        assertThat(store.counts()).containsEntry(JobState.QUEUED, 1L);
    }

    @Test
    void limitsOfTheQueueHoldForAllAndForEachOwner() throws Exception {
        QueueLimits limits = new QueueLimits(5, 2);
        accepted(store, job("kim", "demo", 0));
        inParallel(6, () -> store.create(job("lee", "demo", 0), Optional.empty(), limits));
        assertThat(store.queue().waiting()).hasSize(3);
        assertThat(store.create(job("lee", "demo", 0), Optional.empty(), limits))
                .isEqualTo(new Admission.QueueFull(2, true));
        inParallel(6, () -> accepted(store, job("x", "demo", 0)));
        assertThat(store.create(job("new", "demo", 0), Optional.empty(), limits))
                .isEqualTo(new Admission.QueueFull(5, false));
    }

    @Test
    void jobsAreHandedOutByPriorityAndThenByArrival() {
        Job low = queued(-1);
        Job first = queued(0);
        Job second = queued(0);
        Job high = queued(3);
        Job other = accepted(store, job("", "other", 9));
        List<JobId> order = List.of(other.id(), high.id(), first.id(), second.id(), low.id());
        assertThat(order()).isEqualTo(order);
        for (int i = 0; i < order.size(); i++) {
            assertThat(store.position(order.get(i))).isEqualTo(OptionalInt.of(i));
        }
        assertThat(List.of(claim().id(), claim().id(), claim().id(), claim().id()))
                .containsExactly(high.id(), first.id(), second.id(), low.id());
        assertThat(store.claim("w", DEMO, LEASE)).isEmpty();
        assertThat(store.claim("w", Set.of(), LEASE)).isEmpty();
        assertThat(store.position(high.id())).isEmpty();
    }

    @Test
    void aWaitingJobThatIsCancelledFailsAtOnce() {
        Job job = queued(0);
        Job cancelled = store.cancel(job.id()).orElseThrow();
        assertThat(cancelled.error()).contains(JobError.cancelled());
        assertThat(store.cancel(job.id())).contains(cancelled);
        assertThat(store.claim("w", DEMO, LEASE)).isEmpty();
        assertThat(store.cancel(JobId.random())).isEmpty();
    }

    @Test
    void aPauseOutlivesARestart() {
        queued(0);
        store.pause();
        reopen();
        assertThat(store.queue().paused()).isTrue();
        assertThat(store.claim("w", DEMO, LEASE)).isEmpty();
        store.resume();
        assertThat(store.queue().paused()).isFalse();
        assertThat(store.claim("w", DEMO, LEASE)).isPresent();
    }

    @Test
    void aWaitingJobIsMovedBeforeAndBehindOthers() {
        Job a = queued(0);
        Job b = queued(0);
        Job c = queued(2);
        Job d = queued(0);
        assertThat(order()).containsExactly(c.id(), a.id(), b.id(), d.id());
        move(d, c, true);
        assertThat(order()).containsExactly(d.id(), c.id(), a.id(), b.id());
        assertThat(found(d.id()).priority()).isEqualTo(2);
        move(c, a, false);
        assertThat(order()).containsExactly(d.id(), a.id(), c.id(), b.id());
        move(a, b, false);
        Job e = queued(0);
        assertThat(order()).containsExactly(d.id(), c.id(), b.id(), a.id(), e.id());
        reopen();
        assertThat(order()).containsExactly(d.id(), c.id(), b.id(), a.id(), e.id());
    }

    @Test
    void theSamePlaceCanBeMovedToWithoutEnd() {
        List<Job> jobs = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            jobs.add(queued(0));
        }
        for (int i = 0; i < 100; i++) {
            Job last = jobs.removeLast();
            move(last, jobs.getFirst(), i % 2 == 0);
            jobs.add(i % 2 == 0 ? 0 : 1, last);
            assertThat(order()).isEqualTo(jobs.stream().map(Job::id).toList());
        }
    }

    private void move(Job job, Job other, boolean before) {
        Patch patch =
                new Patch(
                        OptionalInt.empty(),
                        Optional.of(new Patch.Move(other.id(), before)),
                        Optional.empty());
        assertThat(store.patch(job.id(), patch)).isInstanceOf(Patched.Done.class);
    }

    @Test
    void priorityAndMetadataOfAWaitingJobChangeAndOfOthersNot() {
        Job a = queued(0);
        Job b = queued(0);
        Patch patch = new Patch(OptionalInt.of(4), Optional.empty(), Optional.of(Map.of("k", "v")));
        Job patched = ((Patched.Done) store.patch(b.id(), patch)).job();
        assertThat(patched.priority()).isEqualTo(4);
        assertThat(patched.metadata()).isEqualTo(Map.of("k", "v"));
        assertThat(order()).containsExactly(b.id(), a.id());
        claim();
        assertThat(store.patch(b.id(), patch)).isEqualTo(new Patched.NotQueued(found(b.id())));
        assertThat(store.patch(JobId.random(), patch)).isEqualTo(new Patched.NoSuchJob());
        for (JobId other : List.of(b.id(), a.id(), JobId.random())) {
            Patch moved =
                    new Patch(
                            OptionalInt.empty(),
                            Optional.of(new Patch.Move(other, true)),
                            Optional.of(Map.of("lost", "")));
            assertThat(store.patch(a.id(), moved)).isEqualTo(new Patched.OtherNotQueued());
        }
        assertThat(found(a.id()).metadata()).isEmpty();
    }

    @Test
    void pagesNeitherRepeatNorSkipWhileJobsComeAndGo() {
        List<JobId> all = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            all.add(queued(0).id());
        }
        List<JobId> seen = new ArrayList<>();
        Optional<JobId> after = Optional.empty();
        while (true) {
            JobPage page = page(JobQuery.Filter.of(Optional.of("")), after, 4, false);
            page.jobs().forEach(job -> seen.add(job.id()));
            if (!page.hasMore()) {
                break;
            }
            after = Optional.of(seen.getLast());
            queued(0);
        }
        assertThat(seen).isEqualTo(all.reversed());
        assertThat(
                        page(JobQuery.Filter.of(Optional.empty()), Optional.of(all.get(3)), 2, true)
                                .jobs())
                .extracting(Job::id)
                .containsExactly(all.get(4), all.get(5));
    }

    private JobPage page(
            JobQuery.Filter filter, Optional<JobId> after, int limit, boolean ascending) {
        return store.list(new JobQuery(filter, after, limit, ascending)).orElseThrow();
    }

    @Test
    void listsAreFilteredAndOthersJobsAreNoPlaceToBegin() {
        Job mine = accepted(store, job("kim", "demo", 0));
        Job others = accepted(store, job("lee", "demo", 0));
        store.cancel(others.id());
        var kim = JobQuery.Filter.of(Optional.of("kim"));
        assertThat(page(kim, Optional.empty(), 9, false).jobs()).containsExactly(mine);
        assertThat(store.list(new JobQuery(kim, Optional.of(others.id()), 9, false))).isEmpty();
        assertThat(store.list(new JobQuery(kim, Optional.of(JobId.random()), 9, false))).isEmpty();
        assertThat(matches(Set.of(JobState.FAILED, JobState.COMPLETED), ""))
                .containsExactly(others.id());
        assertThat(matches(Set.of(), "RED circ")).hasSize(2);
        assertThat(matches(Set.of(), "re%c")).isEmpty();
        assertThat(matches(Set.of(), "a_red")).isEmpty();
    }

    private List<JobId> matches(Set<JobState> states, String text) {
        var filter =
                new JobQuery.Filter(
                        Optional.empty(),
                        states,
                        Optional.of("demo"),
                        Optional.of(text),
                        Optional.empty());
        return page(filter, Optional.empty(), 9, false).jobs().stream().map(Job::id).toList();
    }

    @Test
    void eventsAreNumberedInOrderOverAllJobsAndRestarts() {
        Job a = accepted(store, job("kim", "demo", 0));
        long first = store.lastEvent();
        reopen();
        Job b = accepted(store, job("lee", "demo", 0));
        claim();
        assertThat(store.events(Optional.empty(), 0, 9))
                .extracting(JobEvent::job)
                .containsExactly(a.id(), b.id(), a.id());
        assertThat(store.events(Optional.empty(), first, 1))
                .extracting(JobEvent::job)
                .containsExactly(b.id());
        assertThat(store.events(Optional.of("kim"), 0, 9)).hasSize(2);
        assertThat(store.events(Optional.empty(), 0, 9)).extracting(JobEvent::id).isSorted();
    }

    @Test
    void watchersHearOfChangesUntilTheyStop() throws Exception {
        var heard = new ConcurrentLinkedQueue<JobId>();
        Job job;
        try (JobStore.Watch watch = store.watch(heard::add)) {
            job = queued(0);
            await(() -> heard.contains(job.id()));
            heard.clear();
            store.cancel(job.id());
            await(() -> heard.contains(job.id()));
        }
        heard.clear();
        store.delete(job.id());
        Thread.sleep(50);
        assertThat(heard).isEmpty();
    }

    @Test
    void itCanBeCheckedUntilItIsClosed() {
        store.check();
        store.close();
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> store.check())
                .hasMessageContaining("closed");
        store.close();
    }
}

package org.svgen.server.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.svgen.server.store.sql.StoreContract.LEASE;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.svgen.server.job.Claim;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobError;
import org.svgen.server.job.JobEvent;
import org.svgen.server.job.JobId;
import org.svgen.server.job.JobState;
import org.svgen.server.job.NewJob;
import org.svgen.server.store.Admission;
import org.svgen.server.store.Completion;
import org.svgen.server.store.Delivery;
import org.svgen.server.store.Idempotency;
import org.svgen.server.store.JobPage;
import org.svgen.server.store.JobQuery;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.Patch;
import org.svgen.server.store.Patched;
import org.svgen.server.store.QueueLimits;
import org.svgen.server.store.Requeue;
import org.svgen.server.store.Totals;

/** Does the same at random to a store and to the reference, and compares all that can be seen. */
final class RandomActions {
    /** What a test does to its store. */
    interface World {
        JobStore reopened();

        /** All workers die. */
        JobStore crashed();

        /** The clock goes on, if the test has it in its hands; by how much it went. */
        long later(long millis);
    }

    private static final List<String> OWNERS = List.of("", "kim");
    private static final List<String> MODELS = List.of("demo", "other");
    private static final long DAY = 24 * 3_600_000L;
    private static final QueueLimits LIMITS = new QueueLimits(12, 9);

    private final RandomGenerator random;
    private final World world;
    private final ReferenceStore reference = new ReferenceStore();
    private final List<JobId> ids = new ArrayList<>();
    private final List<Claim> claims = new ArrayList<>(); // those that hold, and old ones
    private final Map<String, Integer> done = new TreeMap<>();
    private JobStore store;
    private long seenEvent;

    RandomActions(JobStore store, World world, RandomGenerator random) {
        this.store = store;
        this.world = world;
        this.random = random;
    }

    /** How often each action was done. */
    Map<String, Integer> run(int actions) {
        for (int i = 0; i < actions; i++) {
            String action = act();
            done.merge(action, 1, Integer::sum);
            compare("action %d: %s".formatted(i, action));
        }
        return done;
    }

    JobStore store() {
        return store;
    }

    private <T> T one(List<T> all) {
        return all.get(random.nextInt(all.size()));
    }

    private JobId someId() {
        return ids.isEmpty() || random.nextInt(20) == 0 ? JobId.random() : one(recent(ids));
    }

    private static <T> List<T> recent(List<T> all) {
        return all.subList(Math.max(0, all.size() - 25), all.size());
    }

    private Claim someClaim() {
        return claims.isEmpty() ? new Claim(JobId.random(), "w", 1) : one(recent(claims));
    }

    private String act() {
        return switch (random.nextInt(24)) {
            case 0, 1, 2, 3 -> create();
            case 4, 5, 6 -> claim();
            case 7, 8 -> complete();
            case 9 -> fail();
            case 10, 11 -> requeue();
            case 12 -> checkpoint();
            case 13 -> note();
            case 14 -> cancel();
            case 15 -> delete();
            case 16, 17, 18 -> move();
            case 19 -> patch();
            case 20 -> pause();
            case 21 -> crash();
            case 22 -> later();
            default -> send();
        };
    }

    private String create() {
        Optional<String> hook =
                random.nextInt(3) == 0 ? Optional.of("https://example.org") : Optional.empty();
        NewJob job = Fixtures.job(one(OWNERS), one(MODELS), random.nextInt(-2, 3), hook);
        Optional<Idempotency> key =
                random.nextInt(3) == 0
                        ? Optional.of(
                                new Idempotency(
                                        "key" + random.nextInt(6), "hash" + random.nextInt(4) / 3))
                        : Optional.empty();
        String answer =
                switch (store.create(job, key, LIMITS)) {
                    case Admission.Accepted(Job made) -> {
                        ids.add(made.id());
                        yield "accepted";
                    }
                    case Admission.Replayed(Job first) -> "replayed " + first.id();
                    case Admission.Deleted(JobId first) -> "deleted " + first;
                    case Admission.KeyReused() -> "reused";
                    case Admission.QueueFull(int _, boolean ofOwner) ->
                            ofOwner ? "owner full" : "full";
                };
        assertThat(answer).isEqualTo(reference.create(job, key, LIMITS));
        return answer.split(" video_", 2)[0];
    }

    private String claim() {
        String model = one(MODELS);
        String worker = "w" + random.nextInt(2);
        Optional<Job> job = store.claim(worker, Set.of(model), LEASE);
        assertThat(job.map(Job::id))
                .isEqualTo(reference.claim(worker, model).map(ReferenceStore.Entry::id));
        job.ifPresent(j -> claims.add(j.claim()));
        return job.isPresent() ? "claim" : "no claim";
    }

    private String complete() {
        Claim claim = someClaim();
        Completion completion =
                new Completion(Map.of("seconds", random.nextInt(9)), 3, OptionalLong.empty());
        Optional<Job> job = store.complete(claim, completion);
        var held = reference.held(claim);
        assertThat(job.isPresent())
                .isEqualTo(held.isPresent() || reference.ended(claim).isPresent());
        held.ifPresent(e -> {
            if (!e.cancel) {
                e.outcome.putAll(completion.outcome());
            }
            reference.end(e, Optional.empty());
        });
        return held.isPresent() ? "complete" : "void complete";
    }

    private String fail() {
        Claim claim = someClaim();
        Optional<Job> job = store.fail(claim, new JobError("oops", "it broke"));
        var held = reference.held(claim);
        assertThat(job.isPresent())
                .isEqualTo(held.isPresent() || reference.ended(claim).isPresent());
        held.ifPresent(e -> reference.end(e, Optional.of("oops")));
        return held.isPresent() ? "fail" : "void fail";
    }

    private String requeue() {
        Claim claim = someClaim();
        Requeue why = one(List.of(Requeue.values()));
        assertSameHold(claim, store.requeue(claim, why));
        reference.held(claim).ifPresent(e -> reference.requeue(e, why));
        return "requeue";
    }

    private String checkpoint() {
        Claim claim = someClaim();
        int step = random.nextInt(5);
        assertSameHold(claim, store.checkpointed(claim, step));
        reference.held(claim).ifPresent(e -> reference.checkpointed(e, step));
        return "checkpoint";
    }

    private String note() {
        Claim claim = someClaim();
        Map<String, Object> note = Map.of("n" + random.nextInt(3), random.nextInt(100));
        assertSameHold(claim, store.note(claim, note));
        assertSameHold(claim, store.warn(claim, "slow"));
        assertSameHold(claim, store.heartbeat(claim, LEASE));
        reference
                .held(claim)
                .ifPresent(e -> {
                    e.outcome.putAll(note);
                    if (!e.warnings.contains("slow")) {
                        e.warnings.add("slow");
                    }
                });
        return "note";
    }

    private void assertSameHold(Claim claim, Optional<Job> answer) {
        assertThat(answer.isPresent()).isEqualTo(reference.held(claim).isPresent());
    }

    private String cancel() {
        JobId id = someId();
        assertThat(store.cancel(id).isPresent()).isEqualTo(reference.jobs.containsKey(id));
        reference.cancel(id);
        return "cancel";
    }

    private String delete() {
        JobId id = someId();
        assertThat(store.delete(id).isPresent()).isEqualTo(reference.jobs.containsKey(id));
        reference.delete(id);
        return "delete";
    }

    private String move() {
        JobId id = someId();
        JobId other = someId();
        boolean before = random.nextBoolean();
        Patch patch =
                new Patch(
                        OptionalInt.empty(),
                        Optional.of(new Patch.Move(other, before)),
                        Optional.empty());
        String expected = answer(id);
        if (expected.equals("done") && (id.equals(other) || !reference.isQueued(other))) {
            expected = "other";
        }
        assertThat(word(store.patch(id, patch))).isEqualTo(expected);
        if (expected.equals("done")) {
            reference.move(id, other, before);
        }
        return "move " + expected;
    }

    private String patch() {
        JobId id = someId();
        int priority = random.nextInt(-2, 3);
        Map<String, String> metadata = Map.of("k", "" + random.nextInt());
        Patch patch = new Patch(OptionalInt.of(priority), Optional.empty(), Optional.of(metadata));
        assertThat(word(store.patch(id, patch))).isEqualTo(answer(id));
        if (reference.isQueued(id)) {
            reference.jobs.get(id).priority = priority;
            reference.jobs.get(id).metadata = metadata;
        }
        return "patch";
    }

    private String answer(JobId id) {
        return !reference.jobs.containsKey(id)
                ? "no job"
                : reference.isQueued(id) ? "done" : "not queued";
    }

    private static String word(Patched patched) {
        return switch (patched) {
            case Patched.Done(Job _) -> "done";
            case Patched.NoSuchJob() -> "no job";
            case Patched.NotQueued(Job _) -> "not queued";
            case Patched.OtherNotQueued() -> "other";
        };
    }

    private String pause() {
        reference.paused = random.nextInt(3) == 0;
        if (reference.paused) {
            store.pause();
        } else {
            store.resume();
        }
        return "pause";
    }

    private String crash() {
        if (random.nextBoolean()) {
            store = world.reopened();
            return "reopen";
        }
        store = world.crashed();
        store.recover();
        reference.recover();
        return "crash";
    }

    private String later() {
        reference.now += world.later(random.nextInt(4) == 0 ? DAY : random.nextLong(900_000));
        return "later";
    }

    private String send() {
        List<Delivery> due = store.outbox().take(2, Duration.ZERO);
        assertThat(due).hasSize(Math.min(2, reference.outbox.size()));
        if (!due.isEmpty()) {
            Delivery first = due.getFirst();
            assertThat(reference.outbox).contains(first.job());
            switch (random.nextInt(3)) {
                case 0 -> store.outbox().retry(first.id(), Duration.ZERO);
                case 1 -> {
                    store.outbox().delivered(first.id());
                    reference.outbox.remove(first.job());
                }
                default -> {
                    store.outbox().dropped(first.id());
                    reference.outbox.remove(first.job());
                }
            }
        }
        return "send";
    }

    /** A job without its times, which no two stores share. */
    private record Seen(
            JobId id,
            JobState state,
            Optional<String> error,
            int priority,
            Map<String, String> metadata,
            Map<String, Object> outcome,
            List<String> warnings,
            List<Integer> starts,
            Optional<Claim> claim,
            int checkpoint,
            boolean cancel) {
        static Seen of(Job job) {
            return new Seen(
                    job.id(),
                    job.state(),
                    job.error().map(JobError::code),
                    job.priority(),
                    job.metadata(),
                    job.content().outcome(),
                    job.content().warnings(),
                    List.of(job.run().attempts(), job.run().startsSinceCheckpoint()),
                    job.run().claim(),
                    job.run().checkpointStep().orElse(-1),
                    job.run().cancelRequested());
        }

        static Seen of(ReferenceStore.Entry e) {
            return new Seen(
                    e.id(),
                    e.state,
                    e.error,
                    e.priority,
                    e.metadata,
                    e.outcome,
                    e.warnings,
                    List.of(e.attempts, e.starts),
                    e.claim,
                    e.checkpoint,
                    e.cancel);
        }
    }

    private void compare(String what) {
        List<ReferenceStore.Entry> waiting = reference.waiting();
        assertThat(store.queue().waiting())
                .as(what)
                .extracting(Job::id)
                .isEqualTo(waiting.stream().map(ReferenceStore.Entry::id).toList());
        assertThat(store.queue().paused()).as(what).isEqualTo(reference.paused);
        if (!waiting.isEmpty()) {
            int place = random.nextInt(waiting.size());
            assertThat(store.position(waiting.get(place).id())).as(what).hasValue(place);
        }
        assertThat(all())
                .as(what)
                .isEqualTo(reference.jobs.values().stream().map(Seen::of).toList());
        assertThat(counts(store.totals())).as(what).isEqualTo(reference.totals);
        for (JobEvent event : store.events(Optional.empty(), seenEvent, 1000)) {
            assertThat(event.id()).as(what).isGreaterThan(seenEvent);
            seenEvent = event.id();
        }
        if (!ids.isEmpty()) {
            JobId id = one(recent(ids));
            assertThat(
                            store.events(id, 0).stream()
                                    .map(e -> e.state().map(JobState::word).orElse("deleted")))
                    .as(what)
                    .isEqualTo(
                            reference.events.stream()
                                    .filter(e -> e.job().equals(id))
                                    .map(ReferenceStore.Told::name)
                                    .toList());
        }
    }

    /** By pages, as clients list them. */
    private List<Seen> all() {
        List<Seen> all = new ArrayList<>();
        Optional<JobId> after = Optional.empty();
        while (true) {
            var query = new JobQuery(JobQuery.Filter.of(Optional.empty()), after, 50, true);
            JobPage page = store.list(query).orElseThrow();
            page.jobs().forEach(job -> all.add(Seen.of(job)));
            if (!page.hasMore()) {
                return all;
            }
            after = Optional.of(page.jobs().getLast().id());
        }
    }

    private static Map<String, Long> counts(Totals totals) {
        Map<String, Long> counts = new HashMap<>();
        totals.accepted().forEach((model, n) -> counts.put("accepted " + model, n));
        totals.ended().forEach((e, n) -> counts.put("ended " + e.model() + " " + e.outcome(), n));
        totals.recovered().forEach((how, n) -> counts.put("recovered " + how.word(), n));
        return counts;
    }
}

package org.svgen.server.store.sql;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.svgen.server.job.Claim;
import org.svgen.server.job.JobError;
import org.svgen.server.job.JobId;
import org.svgen.server.job.JobState;
import org.svgen.server.job.NewJob;
import org.svgen.server.store.Idempotency;
import org.svgen.server.store.QueueLimits;
import org.svgen.server.store.Requeue;

/**
 * What a store of jobs does, in the slowest and plainest way: lists in memory, and every rule once.
 */
final class ReferenceStore {
    private static final long DAY = 24 * 3_600_000L;

    /** A job, as it is now. */
    static final class Entry {
        final NewJob asked;
        final long arrival;
        final long created;
        JobState state = JobState.QUEUED;
        Optional<String> error = Optional.empty();
        int priority;
        long waitsSince;
        Map<String, String> metadata;
        Map<String, Object> outcome = new LinkedHashMap<>();
        List<String> warnings = new ArrayList<>();
        int attempts;
        int starts;
        long fence;
        Optional<Claim> claim = Optional.empty();
        int checkpoint = -1;
        boolean cancel;
        boolean gone;

        Entry(NewJob asked, long arrival, long now) {
            this.asked = asked;
            this.arrival = arrival;
            this.created = now;
            this.priority = asked.priority();
            this.waitsSince = now;
            this.metadata = asked.metadata();
            this.warnings.addAll(asked.warnings());
        }

        JobId id() {
            return asked.id();
        }

        String owner() {
            return asked.request().owner();
        }
    }

    /** An event: the job, and its state or that it was deleted. */
    record Told(JobId job, String name) {}

    final Map<JobId, Entry> jobs = new LinkedHashMap<>();
    final List<Entry> line =
            new ArrayList<>(); // those that wait or run, as arrival and moves left them
    final List<Told> events = new ArrayList<>();
    final Map<String, Long> totals = new TreeMap<>();
    final List<JobId> outbox = new ArrayList<>();
    private final Map<String, Map<String, JobId>> keys = new HashMap<>();
    private final Map<JobId, Long> freeAt = new HashMap<>(); // of keys whose jobs are deleted
    private final Map<JobId, String> hashes = new HashMap<>();
    boolean paused;
    long now;
    private long arrivals;

    String create(NewJob job, Optional<Idempotency> key, QueueLimits limits) {
        String owner = job.request().owner();
        keys.values()
                .forEach(all ->
                        all.values()
                                .removeIf(id -> freeAt.getOrDefault(id, Long.MAX_VALUE) <= now));
        JobId first = key.map(k -> keys.getOrDefault(owner, Map.of()).get(k.key())).orElse(null);
        if (first != null) {
            boolean same = hashes.get(first).equals(key.orElseThrow().bodyHash());
            String known = jobs.containsKey(first) ? "replayed " : "deleted ";
            return same ? known + first : "reused";
        }
        List<Entry> waiting = waiting();
        if (waiting.size() >= limits.all()) {
            return "full";
        }
        if (waiting.stream().filter(e -> e.owner().equals(owner)).count() >= limits.ofOwner()) {
            return "owner full";
        }
        Entry entry = new Entry(job, ++arrivals, now);
        jobs.put(job.id(), entry);
        line.add(entry);
        if (key.isPresent()) {
            keys.computeIfAbsent(owner, _ -> new HashMap<>()).put(key.get().key(), job.id());
            hashes.put(job.id(), key.get().bodyHash());
        }
        events.add(new Told(job.id(), "queued"));
        count("accepted " + job.request().model());
        return "accepted";
    }

    private void count(String what) {
        totals.merge(what, 1L, Long::sum);
    }

    /** In the order in which they are handed out. */
    List<Entry> waiting() {
        return line.stream()
                .filter(e -> e.state == JobState.QUEUED)
                .sorted(Comparator.comparingLong(this::rank).reversed())
                .toList();
    }

    private long rank(Entry entry) {
        return entry.priority + Math.max(0, now - entry.waitsSince) / 600_000;
    }

    Optional<Entry> claim(String worker, String model) {
        Optional<Entry> next =
                paused
                        ? Optional.empty()
                        : waiting().stream()
                                .filter(e -> e.asked.request().model().equals(model))
                                .findFirst();
        next.ifPresent(e -> {
            e.state = JobState.IN_PROGRESS;
            e.attempts++;
            e.starts++;
            e.fence++;
            e.claim = Optional.of(new Claim(e.id(), worker, e.fence));
            events.add(new Told(e.id(), "in_progress"));
        });
        return next;
    }

    Optional<Entry> held(Claim claim) {
        return Optional.ofNullable(jobs.get(claim.job()))
                .filter(e -> e.claim.equals(Optional.of(claim)));
    }

    /** Ended by this very claim before. */
    Optional<Entry> ended(Claim claim) {
        return Optional.ofNullable(jobs.get(claim.job()))
                .filter(e -> e.state.isFinal() && e.fence == claim.fence() && claim.fence() > 0);
    }

    void end(Entry entry, Optional<String> error) {
        Optional<String> code = entry.cancel ? Optional.of(JobError.CANCELLED) : error;
        entry.state = code.isPresent() ? JobState.FAILED : JobState.COMPLETED;
        entry.error = code;
        entry.claim = Optional.empty();
        entry.cancel = false;
        line.remove(entry);
        events.add(new Told(entry.id(), entry.state.word()));
        String outcome =
                code.equals(Optional.of(JobError.CANCELLED)) ? "cancelled" : entry.state.word();
        count("ended " + entry.asked.request().model() + " " + outcome);
        if (entry.asked.request().links().webhookUrl().isPresent()) {
            outbox.add(entry.id());
        }
    }

    void checkpointed(Entry entry, int step) {
        if (step > entry.checkpoint) {
            entry.starts = 0;
        }
        entry.checkpoint = step;
    }

    void requeue(Entry entry, Requeue why) {
        giveBack(entry, why == Requeue.STOPPED ? Math.max(0, entry.starts - 1) : entry.starts);
    }

    private void giveBack(Entry entry, int starts) {
        if (entry.cancel) {
            end(entry, Optional.of(JobError.CANCELLED));
        } else if (starts >= 3) {
            count("recovered quarantined");
            end(entry, Optional.of(JobError.CRASH_LOOP));
        } else {
            entry.state = JobState.QUEUED;
            entry.starts = starts;
            entry.claim = Optional.empty();
            events.add(new Told(entry.id(), "queued"));
        }
    }

    void recover() {
        jobs.values().stream()
                .filter(e -> e.state == JobState.IN_PROGRESS)
                .toList()
                .forEach(e -> giveBack(e, e.starts));
    }

    void cancel(JobId id) {
        Entry entry = jobs.get(id);
        if (entry != null && entry.state == JobState.QUEUED) {
            end(entry, Optional.of(JobError.CANCELLED));
        } else if (entry != null && entry.state == JobState.IN_PROGRESS) {
            entry.cancel = true;
        }
    }

    void delete(JobId id) {
        Entry entry = jobs.remove(id);
        if (entry != null) {
            line.remove(entry);
            events.removeIf(event -> event.job().equals(id));
            events.add(new Told(id, "deleted"));
            freeAt.put(id, entry.created + DAY);
            if (!entry.state.isFinal()) {
                count("ended " + entry.asked.request().model() + " cancelled");
            }
        }
    }

    boolean isQueued(JobId id) {
        return jobs.containsKey(id) && jobs.get(id).state == JobState.QUEUED;
    }

    void move(JobId id, JobId other, boolean before) {
        Entry moved = jobs.get(id);
        Entry beside = jobs.get(other);
        moved.priority = beside.priority;
        moved.waitsSince = beside.waitsSince;
        line.remove(moved);
        line.add(line.indexOf(beside) + (before ? 0 : 1), moved);
    }
}

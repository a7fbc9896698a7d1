package org.svgen.server.store.sql;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.svgen.server.job.Claim;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobError;
import org.svgen.server.job.JobEvent;
import org.svgen.server.job.JobId;
import org.svgen.server.job.JobState;
import org.svgen.server.job.NewJob;
import org.svgen.server.store.Admission;
import org.svgen.server.store.Completion;
import org.svgen.server.store.Idempotency;
import org.svgen.server.store.JobPage;
import org.svgen.server.store.JobQuery;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.Outbox;
import org.svgen.server.store.Patch;
import org.svgen.server.store.Patched;
import org.svgen.server.store.QueueLimits;
import org.svgen.server.store.QueueView;
import org.svgen.server.store.Recovered;
import org.svgen.server.store.Recovery;
import org.svgen.server.store.Requeue;
import org.svgen.server.store.Retention;
import org.svgen.server.store.Totals;

/** Jobs in tables: each method is one transaction. */
final class SqlJobStore implements JobStore {
    private final Database database;
    private final Outbox outbox;
    private final Retention retention;

    SqlJobStore(Database database) {
        this.database = database;
        this.outbox = new SqlOutbox(database);
        this.retention = new SqlRetention(database);
    }

    @Override
    public Admission create(NewJob job, Optional<Idempotency> idempotency, QueueLimits limits) {
        return database.write(new Creation(job, idempotency, limits));
    }

    @Override
    public Optional<Job> find(JobId id) {
        return database.read(tx -> Jobs.find(tx, id));
    }

    @Override
    public Optional<JobPage> list(JobQuery query) {
        return database.read(tx -> Listing.page(tx, query));
    }

    @Override
    public QueueView queue() {
        return database.read(Listing::queue);
    }

    @Override
    public OptionalInt position(JobId id) {
        return database.read(tx -> Listing.position(tx, id));
    }

    @Override
    public Map<JobState, Long> counts() {
        return database.read(Listing::counts);
    }

    @Override
    public OptionalLong oldestWaiting() {
        return database.read(Listing::oldestWaiting);
    }

    @Override
    public Patched patch(JobId id, Patch patch) {
        return database.write(new Patching(id, patch));
    }

    @Override
    public Optional<Job> cancel(JobId id) {
        return database.write(tx -> cancelled(tx, id));
    }

    private static Optional<Job> cancelled(Tx tx, JobId id) throws SQLException {
        Optional<Job> job = Jobs.lock(tx, id);
        if (job.isEmpty()) {
            return job;
        }
        return Optional.of(
                switch (job.get().state()) {
                    case QUEUED -> Endings.fail(tx, job.get(), JobError.cancelled());
                    case IN_PROGRESS -> Changes.set(tx, job.get(), "cancel", true);
                    case COMPLETED, FAILED -> job.get();
                });
    }

    @Override
    public Optional<Job> delete(JobId id) {
        return database.write(tx -> {
            Optional<Job> job = Jobs.lock(tx, id);
            if (job.isPresent()) {
                tx.update("DELETE FROM job WHERE id = ?", id);
                Keys.deleted(tx, id);
                Events.deleted(tx, job.get());
                if (!job.get().state().isFinal()) {
                    Totalled.cancelled(tx, job.get().model());
                }
            }
            return job;
        });
    }

    @Override
    public void pause() {
        pause(true);
    }

    @Override
    public void resume() {
        pause(false);
    }

    private void pause(boolean paused) {
        database.write(tx -> {
            Handing.pause(tx, paused);
            tx.touched();
            return paused;
        });
    }

    @Override
    public Optional<Job> claim(String worker, Set<String> models, Duration lease) {
        return database.write(tx -> Handing.claim(tx, worker, models, lease));
    }

    @Override
    public void awaitWork(Set<String> models, Duration longest) throws InterruptedException {
        long end = System.nanoTime() + longest.toNanos();
        while (true) {
            long known = database.news(); // before looking: what comes then is not missed
            long left = end - System.nanoTime();
            if (left <= 0 || database.read(tx -> Handing.isWork(tx, models))) {
                return;
            }
            database.awaitNews(known, Duration.ofNanos(left));
        }
    }

    @Override
    public Optional<Job> heartbeat(Claim claim, Duration lease) {
        return database.write(tx -> Claimed.heartbeat(tx, claim, lease));
    }

    @Override
    public Optional<Job> checkpointed(Claim claim, int step) {
        return database.write(tx -> Claimed.checkpointed(tx, claim, step));
    }

    @Override
    public Optional<Job> note(Claim claim, Map<String, Object> outcome) {
        return database.write(tx -> Claimed.note(tx, claim, outcome));
    }

    @Override
    public Optional<Job> warn(Claim claim, String warning) {
        return database.write(tx -> Claimed.warn(tx, claim, warning));
    }

    @Override
    public void recovered(Claim claim, Recovery how) {
        database.write(tx -> Claimed.recovered(tx, claim, how));
    }

    @Override
    public Optional<Job> complete(Claim claim, Completion completion) {
        return database.write(tx -> Claimed.complete(tx, claim, completion));
    }

    @Override
    public Optional<Job> fail(Claim claim, JobError error) {
        return database.write(tx -> Claimed.fail(tx, claim, error));
    }

    @Override
    public Optional<Job> requeue(Claim claim, Requeue why) {
        return database.write(tx -> Claimed.requeue(tx, claim, why));
    }

    @Override
    public Recovered recover() {
        return database.write(Lost::recover);
    }

    @Override
    public List<JobEvent> events(JobId id, long after) {
        return database.read(tx -> Events.of(tx, id, after));
    }

    @Override
    public List<JobEvent> events(Optional<String> owner, long after, int limit) {
        return database.read(tx -> Events.ofAll(tx, owner, after, limit));
    }

    @Override
    public long lastEvent() {
        return database.read(Events::last);
    }

    @Override
    public Watch watch(Consumer<JobId> listener) {
        return database.watch(listener);
    }

    @Override
    public Totals totals() {
        return database.read(Totalled::read);
    }

    @Override
    public Outbox outbox() {
        return outbox;
    }

    @Override
    public Retention retention() {
        return retention;
    }

    @Override
    public void check() {
        database.write(tx ->
                tx.update(
                        "INSERT INTO setting (name, value) VALUES ('checked', ?)"
                                + " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                        tx.now()));
    }

    @Override
    public void close() {
        database.close();
    }
}

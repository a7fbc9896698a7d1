package org.svgen.server.store;

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

/**
 * The jobs. What a method has changed is on the disk when it returns: neither a kill nor a power
 * cut undoes it. Each change is whole: the job, the event that tells of it, the numbers of {@link
 * #totals} and, if the job has a webhook and has ended, the row of the {@link #outbox}.
 *
 * <p>Methods block, and may be called by any number of threads. All throw {@link StoreException} if
 * the store cannot do its work.
 */
public interface JobStore extends AutoCloseable {
    /**
     * Takes a job.
     *
     * @param job a new one
     * @param idempotency by which a repeat is known
     * @param limits how many may wait, with this one
     * @return what became of it
     */
    Admission create(NewJob job, Optional<Idempotency> idempotency, QueueLimits limits);

    /**
     * {@return the job as it is now}
     *
     * @param id of the job
     */
    Optional<Job> find(JobId id);

    /**
     * {@return a page of jobs; none if the job that it is to begin behind is not there, or not the
     * owner's}
     *
     * @param query which page
     */
    Optional<JobPage> list(JobQuery query);

    /** {@return what waits and what runs} */
    QueueView queue();

    /**
     * {@return how many jobs wait before it; none if it does not wait}
     *
     * @param id of the job
     */
    OptionalInt position(JobId id);

    /** {@return how many jobs there are in each state; all states are there} */
    Map<JobState, Long> counts();

    /** {@return when the job was accepted that waits longest, in milliseconds since 1970} */
    OptionalLong oldestWaiting();

    /**
     * Changes a job that waits.
     *
     * @param id of the job
     * @param patch what changes
     * @return what became of it
     */
    Patched patch(JobId id, Patch patch);

    /**
     * Cancels a job: one that waits fails at once, with {@link JobError#CANCELLED}; for one that
     * runs, {@link org.svgen.server.job.JobRun#cancelRequested} is set, and however its run ends,
     * it has failed so; one that has ended stays as it is.
     *
     * @param id of the job
     * @return the job as it is now; none if there is none
     */
    Optional<Job> cancel(JobId id);

    /**
     * Removes a job in any state, with its events and its idempotency key. If it runs, its worker's
     * claim is void from now on. Its files are the caller's to remove.
     *
     * @param id of the job
     * @return the job as it was; none if there is none
     */
    Optional<Job> delete(JobId id);

    /** From now on no job is handed out, also after a restart. */
    void pause();

    /** From now on jobs are handed out again. */
    void resume();

    /**
     * Hands out the job that is next: by priority, which grows by one in ten minutes of waiting,
     * and then by arrival.
     *
     * @param worker who asks; for people and logs
     * @param models of which it can run jobs
     * @param lease how long the claim holds without a {@link #heartbeat}
     * @return the job, which is in progress now; none if there is none for this worker
     */
    Optional<Job> claim(String worker, Set<String> models, Duration lease);

    /**
     * Waits until there may be something to {@link #claim}.
     *
     * @param models of which the worker can run jobs
     * @param longest how long
     * @throws InterruptedException if the thread is interrupted
     */
    void awaitWork(Set<String> models, Duration longest) throws InterruptedException;

    /**
     * The worker lives.
     *
     * @param claim of the worker
     * @param lease how long the claim holds from now on
     * @return the job; none if the claim is void: its worker stops and writes nothing more
     */
    Optional<Job> heartbeat(Claim claim, Duration lease);

    /**
     * There is a checkpoint.
     *
     * @param claim of the worker
     * @param step the denoising step that it is behind
     * @return the job; none if the claim is void
     */
    Optional<Job> checkpointed(Claim claim, int step);

    /**
     * Adds to {@link org.svgen.server.job.JobContent#outcome}; a name that is there already gets
     * the new value.
     *
     * @param claim of the worker
     * @param outcome names and values
     * @return the job; none if the claim is void
     */
    Optional<Job> note(Claim claim, Map<String, Object> outcome);

    /**
     * Adds a warning, unless it is there already.
     *
     * @param claim of the worker
     * @param warning one line
     * @return the job; none if the claim is void
     */
    Optional<Job> warn(Claim claim, String warning);

    /**
     * Counts how a job goes on whose worker was lost.
     *
     * @param claim of the new worker
     * @param how resumed or restarted; quarantined ones are counted by {@link #recover}
     */
    void recovered(Claim claim, Recovery how);

    /**
     * The video is there. If the job was to be cancelled meanwhile, it has failed instead: the
     * worker looks at the state, and removes the files.
     *
     * @param claim of the worker
     * @param completion what came of it
     * @return the job as it ended, also when this claim ended it before and asks again; none if the
     *     claim is void: the worker removes its files
     */
    Optional<Job> complete(Claim claim, Completion completion);

    /**
     * There will be no video.
     *
     * @param claim of the worker
     * @param error why; {@link JobError#CANCELLED} in its place if the job was to be cancelled
     * @return the job as it ended, also when this claim ended it before and asks again; none if the
     *     claim is void
     */
    Optional<Job> fail(Claim claim, JobError error);

    /**
     * Gives a job back. It waits again, at its old place; if it was to be cancelled, it has failed.
     *
     * @param claim of the worker
     * @param why it is given back
     * @return the job as it is now; none if the claim is void
     */
    Optional<Job> requeue(Claim claim, Requeue why);

    /**
     * Looks for jobs whose workers were lost: they wait again, or fail if they were to be cancelled
     * or were started three times without a new checkpoint. Call it at the start and, where several
     * machines share the store, each few seconds.
     *
     * @return what was found
     */
    Recovered recover();

    /**
     * {@return events of one job, in order}
     *
     * @param id of the job
     * @param after the event that they come behind; 0 for all
     */
    List<JobEvent> events(JobId id, long after);

    /**
     * {@return events of all jobs of an owner, in order}
     *
     * @param owner whose; none for those of all
     * @param after the event that they come behind; 0 for all
     * @param limit most of them
     */
    List<JobEvent> events(Optional<String> owner, long after, int limit);

    /** {@return the newest event of all; 0 if there was none yet} */
    long lastEvent();

    /**
     * Calls back after each change of a job, also by other processes that share the store. The call
     * comes on a thread of the store's or of who made the change, so it must be short, and must not
     * call the store. Some changes may come as one call.
     *
     * @param listener gets the job that was changed, accepted or deleted
     * @return ends it when closed
     */
    Watch watch(Consumer<JobId> listener);

    /** {@return what has happened since the store was made} */
    Totals totals();

    /** {@return news that are to be sent} */
    Outbox outbox();

    /** {@return which jobs are old enough to go} */
    Retention retention();

    /**
     * Writes something, to see if that can be done.
     *
     * @throws StoreException if not
     */
    void check();

    /** Ends it in good order: what runs elsewhere is finished first. */
    @Override
    void close();

    /** A subscription. */
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }
}

package org.svgen.server.work;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.svgen.server.job.Claim;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobId;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.StoreException;

/**
 * The runs of this process. Says to the store that they live, and hears from it which of them must
 * end. Thread-safe.
 */
final class Runs {
    private record Running(RunControl control, long[] heard) {}

    private final JobStore store;
    private final WorkSettings settings;
    private final Map<JobId, Running> running = new ConcurrentHashMap<>();
    private volatile boolean stopping;

    Runs(JobStore store, WorkSettings settings) {
        this.store = store;
        this.settings = settings;
    }

    RunControl began(Claim claim) {
        RunControl control = new RunControl(claim);
        running.put(claim.job(), new Running(control, new long[] {System.nanoTime()}));
        if (stopping) {
            control.end(RunControl.End.STOPPED);
        }
        return control;
    }

    void ended(JobId job) {
        running.remove(job);
    }

    boolean has(JobId job) {
        return running.containsKey(job);
    }

    List<JobId> jobs() {
        return List.copyOf(running.keySet());
    }

    /** All end behind a checkpoint; those that begin from now on, too. */
    void stop() {
        stopping = true;
        running.values().forEach(run -> run.control.end(RunControl.End.STOPPED));
    }

    /** Looks at one run at once. */
    void look(JobId job) {
        Running run = running.get(job);
        if (run != null) {
            beat(run);
        }
    }

    /** Says that all live. */
    void beat() {
        running.values().forEach(this::beat);
    }

    private void beat(Running run) {
        try {
            Optional<Job> job = store.heartbeat(run.control.claim(), settings.lease());
            if (job.isEmpty()) {
                run.control.end(RunControl.End.VOID);
            } else if (job.get().run().cancelRequested()) {
                run.control.end(RunControl.End.CANCELLED);
            }
            run.heard[0] = System.nanoTime();
        } catch (StoreException e) {
            if (System.nanoTime() - run.heard[0] > settings.lease().toNanos()) {
                run.control.end(RunControl.End.VOID); // others may have the job by now
            }
        }
    }
}

package org.svgen.server.work;

import java.util.Optional;
import java.util.function.Consumer;
import org.svgen.server.job.JobId;

/** What is known of runs while they are under way, on this machine. Thread-safe. */
public interface Live {
    /**
     * {@return how far a run is; none if this machine does not run the job}
     *
     * @param id the job
     */
    Optional<Progress> progress(JobId id);

    /**
     * {@return the newest preview of a run; none if there is none}
     *
     * @param id the job
     */
    Optional<Preview> preview(JobId id);

    /**
     * Tells of all that happens from now on.
     *
     * @param listener called on the threads of runs, so it must not wait
     * @return ends it
     */
    Subscription subscribe(Consumer<LiveEvent> listener);

    /**
     * Somebody changed a job in the store: those who listen are told.
     *
     * @param id the job
     */
    void changed(JobId id);

    /** What ends a subscription. */
    @FunctionalInterface
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}

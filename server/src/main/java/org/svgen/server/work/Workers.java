package org.svgen.server.work;

import java.util.List;
import java.util.Optional;
import org.svgen.server.job.JobId;

/** All that run jobs in this process: one worker a device. Thread-safe. */
public interface Workers extends AutoCloseable {
    /** Begins to open devices and models, which takes a while. Returns at once. */
    void open();

    /** Begins to run jobs, once devices and models are open. Returns at once. */
    void start();

    /** There may be something to run: a job came, or the queue goes on. */
    void wake();

    /**
     * A job was cancelled or deleted: if it is run here, its device is free within a step.
     *
     * @param id the job
     */
    void cancelled(JobId id);

    /** {@return why no job can be run at the moment, in one line; none if all is well} */
    Optional<String> unready();

    /** {@return the devices that make videos here, in the order in which they were named} */
    List<WorkerCard> cards();

    /** {@return why nothing more can be taken: the disk is nearly full; none if all is well} */
    Optional<String> full();

    /**
     * Claims nothing more, ends runs behind a checkpoint within a step, and gives their jobs back;
     * returns when that is done.
     */
    void drain();

    /** Drains, and frees models and devices. Closing twice does nothing more. */
    @Override
    void close();
}

package org.svgen.server.store;

/** Why a worker gives a job back. */
public enum Requeue {
    /** The service stops in good order: this start does not count against the job. */
    STOPPED,
    /** Something went wrong that may not happen again: this start counts. */
    RETRY
}

package org.svgen.resume;

/** How far a run is, between two steps. */
public interface Moment {
    /** {@return steps that are done} */
    int done();

    /** {@return steps of the run} */
    int steps();

    /** {@return how large a checkpoint would be now, but for its header} */
    long bytes();
}

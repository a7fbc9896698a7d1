package org.svgen.sparse;

/** What a head attends to, in the order that the kinds of a plan have. */
public enum HeadKind {
    /** Nearby frames: a band in frame-major order. */
    SPATIAL,
    /** The same place in all frames: a band in token-major order. */
    TEMPORAL,
    /** Neither: everything but padding. */
    DENSE
}

package org.svgen.lab.study;

/** A picture that a study keeps of a run. */
public enum Picture {
    /** Evenly spaced frames of the video beside each other, the first and the last among them. */
    FRAMES,
    /** What sparse attention chose: the kind of each head, by layer and step. */
    HEADS
}

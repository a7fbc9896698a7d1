package org.svgen.sparse;

/** What a head attends to, in the order that the kinds of a plan have. */
public enum HeadKind {
    /** Nearby frames: a band in frame-major order. */
    SPATIAL('s'),
    /** The same place in all frames: a band in token-major order. */
    TEMPORAL('t'),
    /** Neither: everything but padding. */
    DENSE('d');

    private final char letter;

    HeadKind(char letter) {
        this.letter = letter;
    }

    /** {@return {@code s}, {@code t} or {@code d}, as reports write it} */
    public char letter() {
        return letter;
    }
}

package org.svgen.cuda.gpu;

/** Places in one piece of memory, one after the other, each where a kernel may copy from. */
public final class Places {
    private static final int ALIGNMENT = 128;

    private long end;

    /** Where the next {@code bytes} lie, from the beginning. */
    public long next(long bytes) {
        long here = end;
        end += Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
        return here;
    }

    /** Bytes of all. */
    public long end() {
        return end;
    }
}

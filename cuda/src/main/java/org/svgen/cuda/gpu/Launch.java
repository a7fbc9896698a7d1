package org.svgen.cuda.gpu;

import java.lang.foreign.MemorySegment;
import org.svgen.cuda.gpu.KernelLibrary.Function;

/**
 * A launch of a kernel as the driver is told of it, kept for later.
 *
 * @param grid blocks in x, y and z, and threads of a block
 * @param values arguments, one after the other
 * @param offsets where in them each argument begins
 */
@SuppressWarnings("ArrayRecordComponent") // compared by Launcher, written by nobody
record Launch(Function kernel, int sharedBytes, Grid grid, byte[] values, int[] offsets) {
    /**
     * How many blocks and threads there are.
     *
     * @param x blocks, as y and z
     */
    record Grid(int x, int y, int z, int threads) {}

    /** The arguments as memory. */
    MemorySegment arguments() {
        return MemorySegment.ofArray(values);
    }
}

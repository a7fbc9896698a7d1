package org.svgen.cuda;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.svgen.cuda.ffi.CudaDriver;

/**
 * Copies between host and device through pinned memory, so that any host memory will do and the
 * device copies while the processor already fills the next piece.
 */
final class Staging implements AutoCloseable {
    private static final int PIECES = 4;
    private static final long PIECE = 4 << 20;

    private final Gpu gpu;
    private final long stream;
    private final MemorySegment pinned;
    private final long[] copied = new long[PIECES]; // events: the device no longer reads the piece
    private int next;

    /**
     * @param stream in whose order copies are done
     */
    Staging(Gpu gpu, long stream) {
        this.gpu = gpu;
        this.stream = stream;
        CudaDriver driver = gpu.driver();
        pinned = driver.allocatePinned(PIECES * PIECE);
        for (int i = 0; i < PIECES; i++) {
            copied[i] = driver.createEvent();
            driver.recordEvent(copied[i], stream);
        }
    }

    /** When this returns, {@code from} has been read; the copy is in the order of the stream. */
    void toDevice(MemorySegment from, long to) {
        CudaDriver driver = gpu.driver();
        for (long at = 0; at < from.byteSize(); at += PIECE) {
            long bytes = Math.min(PIECE, from.byteSize() - at);
            driver.synchronizeEvent(copied[next]);
            MemorySegment piece = piece(next, bytes);
            MemorySegment.copy(from, at, piece, 0, bytes);
            driver.copyToDevice(to + at, piece, bytes, stream);
            driver.recordEvent(copied[next], stream);
            next = (next + 1) % PIECES;
        }
    }

    void toDevice(int[] from, long to) {
        toDevice(MemorySegment.ofArray(from), to);
    }

    /** When this returns, {@code to} has been written. */
    void toHost(long from, MemorySegment to) {
        CudaDriver driver = gpu.driver();
        long pieces = Math.ceilDiv(to.byteSize(), PIECE);
        // The device writes some pieces while the processor empties those before.
        for (long i = 0; i < pieces + PIECES - 1; i++) {
            if (i < pieces) {
                int slot = slot(i);
                driver.synchronizeEvent(copied[slot]);
                long bytes = Math.min(PIECE, to.byteSize() - i * PIECE);
                driver.copyToHost(piece(slot, bytes), from + i * PIECE, bytes, stream);
                driver.recordEvent(copied[slot], stream);
            }
            long done = i - (PIECES - 1);
            if (done >= 0) {
                int slot = slot(done);
                driver.synchronizeEvent(copied[slot]);
                long at = done * PIECE;
                long bytes = Math.min(PIECE, to.byteSize() - at);
                MemorySegment.copy(
                        piece(slot, bytes),
                        ValueLayout.JAVA_BYTE,
                        0,
                        to,
                        ValueLayout.JAVA_BYTE,
                        at,
                        bytes);
            }
        }
        next = slot(pieces);
    }

    private int slot(long piece) {
        return (int) ((next + piece) % PIECES);
    }

    private MemorySegment piece(int slot, long bytes) {
        return pinned.asSlice(slot * PIECE, bytes);
    }

    @Override
    public void close() {
        CudaDriver driver = gpu.driver();
        for (long event : copied) {
            driver.destroyEvent(event);
        }
        driver.freePinned(pinned);
    }
}

package org.svgen.cuda.gpu;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;
import org.svgen.cuda.ffi.CudaDriver;

/**
 * Copies between host and device through pinned memory, so that any host memory will do and the
 * device copies while the processor already fills the next pieces.
 */
public final class Staging implements AutoCloseable {
    private static final int PIECES = 8;

    /** Pieces that are filled at once, each by a thread. */
    private static final int FILLED_AT_ONCE = PIECES / 2;

    private static final long PIECE = 4 << 20;

    private static final Thread ANOTHER = Thread.ofPlatform().unstarted(() -> {});

    private final Gpu gpu;
    private final long stream;
    private final MemorySegment pinned;
    private final long[] copied = new long[PIECES]; // events: the device no longer reads the piece
    private int next;

    /**
     * @param stream in whose order copies are done
     */
    public Staging(Gpu gpu, long stream) {
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
    public void toDevice(MemorySegment from, long to) {
        CudaDriver driver = gpu.driver();
        boolean shared = from.isAccessibleBy(ANOTHER);
        int pieces = Math.toIntExact(Math.ceilDiv(from.byteSize(), PIECE));
        for (int first = 0; first < pieces; first += FILLED_AT_ONCE) {
            gpu.ask();
            int count = Math.min(FILLED_AT_ONCE, pieces - first);
            for (int i = 0; i < count; i++) {
                driver.synchronizeEvent(copied[slot(i)]);
            }
            int begin = first;
            // One thread alone reads a mapped file slower than a disk does.
            IntStream filled = IntStream.range(0, count);
            (count > 1 && shared ? filled.parallel() : filled)
                    .forEach(i -> fill(from, begin + i, slot(i)));
            for (int i = 0; i < count; i++) {
                long at = (long) (first + i) * PIECE;
                long bytes = Math.min(PIECE, from.byteSize() - at);
                driver.copyToDevice(to + at, piece(slot(i), bytes), bytes, stream);
                driver.recordEvent(copied[slot(i)], stream);
            }
            next = slot(count);
        }
    }

    private void fill(MemorySegment from, int index, int slot) {
        long at = index * PIECE;
        long bytes = Math.min(PIECE, from.byteSize() - at);
        MemorySegment.copy(from, at, piece(slot, bytes), 0, bytes);
    }

    public void toDevice(int[] from, long to) {
        toDevice(MemorySegment.ofArray(from), to);
    }

    /** When this returns, {@code to} has been written. */
    public void toHost(long from, MemorySegment to) {
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

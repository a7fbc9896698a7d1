package org.svgen.cuda.gpu;

import java.lang.foreign.MemorySegment;
import org.svgen.cuda.ffi.CudaDriver;
import org.svgen.tensor.device.Download;

/**
 * Brings memory to the host, one piece at a time, while the device goes on with what it is given
 * behind it: the device writes pinned memory, and waiting copies from there.
 */
public final class Downloads implements AutoCloseable {
    /** What is larger comes by {@link Staging}, and is waited for at once. */
    private static final long MAX_BYTES = 64 << 20;

    private final Gpu gpu;
    private final long stream;
    private final long arrived; // an event
    private MemorySegment pinned = MemorySegment.NULL;
    private int begun;

    /**
     * @param stream in whose order copies are done
     */
    Downloads(Gpu gpu, long stream) {
        this.gpu = gpu;
        this.stream = stream;
        arrived = gpu.driver().createEvent();
        gpu.driver().recordEvent(arrived, stream);
    }

    /** Begins to copy; {@code to} has been written when what is returned has been waited for. */
    public Download begin(long from, MemorySegment to) {
        long bytes = to.byteSize();
        int mine = ++begun;
        if (bytes > MAX_BYTES) {
            gpu.staging().toHost(from, to);
            return () -> {};
        }
        CudaDriver driver = gpu.driver();
        if (pinned.byteSize() < bytes) {
            driver.synchronizeEvent(arrived); // a copy that nobody waited for
            free();
            pinned = driver.allocatePinned(bytes);
        }
        driver.copyToHost(pinned, from, bytes, stream);
        driver.recordEvent(arrived, stream);
        return () -> finish(mine, to);
    }

    private void finish(int mine, MemorySegment to) {
        if (mine != begun) {
            throw new IllegalStateException("another download has begun");
        }
        gpu.driver().synchronizeEvent(arrived);
        MemorySegment.copy(pinned, 0, to, 0, to.byteSize());
    }

    private void free() {
        if (pinned.byteSize() > 0) {
            gpu.driver().freePinned(pinned);
            pinned = MemorySegment.NULL;
        }
    }

    @Override
    public void close() {
        gpu.driver().synchronizeEvent(arrived);
        free();
        gpu.driver().destroyEvent(arrived);
    }
}

package org.svgen.cuda.gpu;

import java.util.List;
import org.svgen.cuda.ffi.CudaDriver;
import org.svgen.cuda.ffi.CudaException;
import org.svgen.tensor.DType;
import org.svgen.tensor.OutOfDeviceMemoryException;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;

/**
 * A GPU in use: its context, one stream on which all work is done in order, its kernels. One thread
 * at a time uses it, not always the same one.
 */
public final class Gpu implements AutoCloseable {
    private final CudaDriver driver;
    private final Device device;
    private final long context;
    private final long stream;
    private final KernelLibrary kernels;
    private final Replay replay;
    private final Launcher launcher;
    private final Staging staging;
    private final Downloads downloads;
    private final PeerLink link;
    private final Runnable asked;

    /**
     * @param architectures whose kernels may be used, the best first
     * @param graphs whether kernels that come again may be started together
     * @param asked while much is copied to the device; throws to end that
     */
    public Gpu(
            CudaDriver driver,
            Device device,
            List<String> architectures,
            boolean graphs,
            Runnable asked) {
        this.driver = driver;
        this.device = device;
        this.asked = asked;
        context = driver.retainContext(device.index());
        driver.makeCurrent(context);
        stream = driver.createStream();
        driver.keepFreedMemory(device.index());
        kernels = new KernelLibrary(driver, device, architectures);
        replay = new Replay(driver, stream, graphs);
        launcher = new Launcher(this);
        staging = new Staging(this, stream);
        downloads = new Downloads(this, stream);
        link = new PeerLink(this);
    }

    /**
     * The driver, with this GPU's context made the calling thread's: since the last call, another
     * GPU of the same thread may have made its own. Kernels that were held back are started before.
     */
    public CudaDriver driver() {
        driver.makeCurrent(context);
        replay.flush();
        return driver;
    }

    /**
     * The driver, where the context is known to be the thread's or is not needed, for what does not
     * concern the stream.
     */
    public CudaDriver attached() {
        return driver;
    }

    Replay replay() {
        return replay;
    }

    /** Asks whether to go on. */
    public void ask() {
        asked.run();
    }

    public Device device() {
        return device;
    }

    public long stream() {
        return stream;
    }

    public KernelLibrary kernels() {
        return kernels;
    }

    public Staging staging() {
        return staging;
    }

    public Downloads downloads() {
        return downloads;
    }

    /** To and from other GPUs. */
    public PeerLink link() {
        return link;
    }

    long context() {
        return context;
    }

    /** Begins a launch of a kernel that takes no dynamic shared memory. */
    public Launcher kernel(String source, String name) {
        return kernel(source, name, 0);
    }

    /** Begins a launch; arguments follow, then the start. */
    public Launcher kernel(String source, String name, int sharedBytes) {
        driver.makeCurrent(context);
        return launcher.begin(kernels.get(source, name, sharedBytes), sharedBytes);
    }

    /**
     * Device memory, valid for work that is given to the stream from now on.
     *
     * @throws OutOfDeviceMemoryException if there is not enough, saying for what it was and how
     *     much is free
     */
    public long allocate(long bytes, String purpose) {
        long size = Math.max(bytes, 1);
        try {
            return driver().allocate(size, stream, purpose);
        } catch (CudaException e) {
            if (!e.outOfMemory()) {
                throw e;
            }
        }
        // What was freed may lie in pieces that the pool keeps.
        synchronize();
        driver.releaseKeptMemory(device.index());
        try {
            return driver.allocate(size, stream, purpose);
        } catch (CudaException e) {
            throw e.outOfMemory()
                    ? new OutOfDeviceMemoryException(e.getMessage() + freeText(), e)
                    : e;
        }
    }

    private String freeText() {
        return "; %.1f of %.1f GiB are free"
                .formatted(driver.freeMemory() / 0x1p30, device.memory() / 0x1p30);
    }

    /** Bytes that can be allocated now, those among them that the driver keeps for us. */
    public long freeMemory() {
        return driver().freeMemory() + driver().keptMemory(device.index());
    }

    /** Gives memory back once the work is done that the stream has now. */
    public void free(long address) {
        driver().free(address, stream);
    }

    /** Memory for what one operation needs between its kernels. */
    public Scratch scratch(long bytes) {
        long address = allocate(bytes, "an operation's partial results");
        return new Scratch(this, address, bytes);
    }

    /** Memory for a tensor that one operation needs between its kernels. */
    public Scratch scratch(DType dtype, Shape shape) {
        return scratch(Tensor.bytes(dtype, shape));
    }

    /** Memory that closing gives back, in the order of the stream. */
    public record Scratch(Gpu gpu, long address, long bytes) implements AutoCloseable {
        /** A tensor that lies in it, from its first byte. */
        public Tensor tensor(DType dtype, Shape shape) {
            return new Tensor(dtype, shape, new DeviceStorage(address, bytes), 0);
        }

        @Override
        public void close() {
            gpu.free(address);
        }
    }

    /** Waits until all work is done; errors of kernels appear here at the latest. */
    public void synchronize() {
        driver().synchronizeStream(stream);
    }

    @Override
    public void close() {
        link.close(driver());
        downloads.close();
        staging.close();
        replay.close();
        kernels.close();
        driver.destroyStream(stream);
        driver.releaseContext(device.index());
    }
}

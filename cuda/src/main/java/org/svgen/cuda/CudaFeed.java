package org.svgen.cuda;

import org.svgen.cuda.ffi.CudaDriver;
import org.svgen.cuda.gpu.DeviceStorage;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Staging;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Feed;

/** Copies on a stream of their own, which waits for the operations' stream and the other way. */
final class CudaFeed implements Feed {
    private final Gpu gpu;
    private final long stream;
    private final Staging staging;
    private final long given; // event: the operations given when the last turn began are done
    private final long written; // event: the last copy is done

    CudaFeed(Gpu gpu) {
        this.gpu = gpu;
        CudaDriver driver = gpu.driver();
        stream = driver.createStream();
        staging = new Staging(gpu, stream);
        given = driver.createEvent();
        written = driver.createEvent();
        driver.recordEvent(given, gpu.stream());
    }

    @Override
    public void turn() {
        CudaDriver driver = gpu.driver();
        // Waiting is for what was recorded last, so the event can be recorded again at once.
        driver.waitEvent(given, stream);
        driver.recordEvent(given, gpu.stream());
    }

    @Override
    public void write(Tensor host, Tensor tensor) {
        CudaDriver driver = gpu.driver();
        staging.toDevice(host.host(), DeviceStorage.address(tensor));
        driver.recordEvent(written, stream);
        driver.waitEvent(written, gpu.stream());
    }

    @Override
    public void close() {
        CudaDriver driver = gpu.driver();
        driver.synchronizeStream(stream);
        staging.close();
        driver.destroyEvent(given);
        driver.destroyEvent(written);
        driver.destroyStream(stream);
    }
}

package org.svgen.cuda.attention;

import org.svgen.cuda.gpu.Gpu;

/** Two zeros on the device, by which a kernel hands out its work; it leaves them as zeros. */
final class WorkCounter implements AutoCloseable {
    private final Gpu gpu;
    private long address;

    WorkCounter(Gpu gpu) {
        this.gpu = gpu;
    }

    /** Where they lie, from the first call on. */
    long address() {
        if (address == 0) {
            address = gpu.allocate(2 * Integer.BYTES, "a counter of attention's work");
            gpu.staging().toDevice(new int[2], address);
        }
        return address;
    }

    @Override
    public void close() {
        if (address != 0) {
            gpu.free(address);
            address = 0;
        }
    }
}

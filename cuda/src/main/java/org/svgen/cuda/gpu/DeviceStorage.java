package org.svgen.cuda.gpu;

import org.svgen.tensor.Storage;
import org.svgen.tensor.Tensor;

/** A run of bytes of a GPU's memory. */
public final class DeviceStorage implements Storage {
    private final long address;
    private final long byteSize;
    private volatile boolean freed;

    public DeviceStorage(long address, long byteSize) {
        this.address = address;
        this.byteSize = byteSize;
    }

    @Override
    public long byteSize() {
        return byteSize;
    }

    /**
     * @throws IllegalStateException if it was given back: others may have the memory now
     */
    public long address() {
        if (freed) {
            throw new IllegalStateException("the tensor's memory on the GPU was given back");
        }
        return address;
    }

    /** The address for the last time. */
    public long giveBack() {
        long last = address();
        freed = true;
        return last;
    }

    /** Where the first element of {@code tensor} lies. */
    public static long address(Tensor tensor) {
        if (tensor.storage() instanceof DeviceStorage storage) {
            return storage.address() + tensor.offset();
        }
        throw new IllegalArgumentException(tensor + " is not on a GPU");
    }
}

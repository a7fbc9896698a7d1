package org.svgen.cuda.gpu;

import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Storage;
import org.svgen.tensor.Tensor;

/** A run of bytes of a GPU's memory. */
public final class DeviceStorage implements Storage {
    private final long address;
    private final long byteSize;
    private final @Nullable Gpu owner;
    private volatile boolean freed;

    /** What no other GPU asks for. */
    public DeviceStorage(long address, long byteSize) {
        this(address, byteSize, null);
    }

    public DeviceStorage(long address, long byteSize, @Nullable Gpu owner) {
        this.address = address;
        this.byteSize = byteSize;
        this.owner = owner;
    }

    /** The GPU whose memory it is; none for scratch of operations. */
    @Nullable Gpu owner() {
        return owner;
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

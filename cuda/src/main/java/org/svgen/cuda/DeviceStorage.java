package org.svgen.cuda;

import org.svgen.tensor.Storage;
import org.svgen.tensor.Tensor;

/** A run of bytes of a GPU's memory. */
final class DeviceStorage implements Storage {
    private final long address;
    private final long byteSize;

    DeviceStorage(long address, long byteSize) {
        this.address = address;
        this.byteSize = byteSize;
    }

    @Override
    public long byteSize() {
        return byteSize;
    }

    long address() {
        return address;
    }

    /** Where the first element of {@code tensor} lies. */
    static long address(Tensor tensor) {
        if (tensor.storage() instanceof DeviceStorage storage) {
            return storage.address + tensor.offset();
        }
        throw new IllegalArgumentException(tensor + " is not on a GPU");
    }
}

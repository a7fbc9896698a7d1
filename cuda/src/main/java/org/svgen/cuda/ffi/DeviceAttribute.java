package org.svgen.cuda.ffi;

/** Properties of a device, with the driver's numbers ({@code CUdevice_attribute}). */
public enum DeviceAttribute {
    MULTIPROCESSOR_COUNT(16),
    /** Bytes. */
    L2_CACHE_SIZE(38),
    COMPUTE_CAPABILITY_MAJOR(75),
    COMPUTE_CAPABILITY_MINOR(76),
    /** Bytes of shared memory that a block gets if its kernel asks for them. */
    MAX_SHARED_MEMORY_PER_BLOCK_OPTIN(97),
    MEMORY_POOLS_SUPPORTED(115);

    private final int number;

    DeviceAttribute(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }
}

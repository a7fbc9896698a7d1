package org.svgen.cuda.gpu;

import org.svgen.cuda.ffi.CudaDriver;
import org.svgen.cuda.ffi.DeviceAttribute;

/**
 * What a GPU is.
 *
 * @param memory bytes
 * @param blockMemory bytes of shared memory that one block may have
 */
public record Device(
        int index,
        String name,
        int major,
        int minor,
        int multiprocessors,
        long memory,
        int blockMemory,
        int cache) {

    public static Device of(CudaDriver driver, int index) {
        return new Device(
                index,
                driver.deviceName(index),
                driver.attribute(DeviceAttribute.COMPUTE_CAPABILITY_MAJOR, index),
                driver.attribute(DeviceAttribute.COMPUTE_CAPABILITY_MINOR, index),
                driver.attribute(DeviceAttribute.MULTIPROCESSOR_COUNT, index),
                driver.totalMemory(index),
                driver.attribute(DeviceAttribute.MAX_SHARED_MEMORY_PER_BLOCK_OPTIN, index),
                driver.attribute(DeviceAttribute.L2_CACHE_SIZE, index));
    }

    /** True from Ampere on; older GPUs lack what every kernel uses. */
    public boolean supported() {
        return major >= 8;
    }

    /** {@code NVIDIA H100 80GB HBM3, compute capability 9.0, 132 multiprocessors, 79.2 GiB}. */
    @Override
    public String toString() {
        return "%s, compute capability %d.%d, %d multiprocessors, %.1f GiB"
                .formatted(name, major, minor, multiprocessors, memory / 0x1p30);
    }
}

package org.svgen.cuda.gpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.svgen.cuda.ffi.CudaDriver;
import org.svgen.cuda.gpu.KernelLibrary.Function;
import org.svgen.cuda.gpu.Launch.Grid;

/** Gives launches to the driver, which copies their arguments: one buffer serves all. */
final class Sender {
    private final CudaDriver driver;
    private final long stream;
    private final MemorySegment values;
    private final MemorySegment pointers;
    private final MemorySegment config;

    Sender(CudaDriver driver, long stream) {
        this.driver = driver;
        this.stream = stream;
        Arena arena = Arena.ofAuto();
        values = arena.allocate(Launcher.MAX_ARGUMENT_BYTES, 128);
        pointers = arena.allocate(ValueLayout.ADDRESS, Launcher.MOST_ARGUMENTS);
        config = arena.allocate(56, 8);
    }

    /** Where arguments may be laid out. */
    MemorySegment values() {
        return values;
    }

    /** A launch whose arguments are kept. */
    void send(Launch launch) {
        MemorySegment.copy(launch.arguments(), 0, values, 0, launch.values().length);
        int[] offsets = launch.offsets();
        send(launch.kernel(), launch.sharedBytes(), launch.grid(), offsets, offsets.length);
    }

    /** A launch whose arguments lie in {@link #values}, each at an offset. */
    void send(Function kernel, int sharedBytes, Grid grid, int[] offsets, int count) {
        for (int i = 0; i < count; i++) {
            pointers.setAtIndex(ValueLayout.JAVA_LONG, i, values.address() + offsets[i]);
        }
        // CUlaunchConfig: grid, block, shared bytes, stream, attributes, their number.
        config.set(ValueLayout.JAVA_INT, 0, grid.x());
        config.set(ValueLayout.JAVA_INT, 4, grid.y());
        config.set(ValueLayout.JAVA_INT, 8, grid.z());
        config.set(ValueLayout.JAVA_INT, 12, grid.threads());
        config.set(ValueLayout.JAVA_INT, 16, 1);
        config.set(ValueLayout.JAVA_INT, 20, 1);
        config.set(ValueLayout.JAVA_INT, 24, sharedBytes);
        config.set(ValueLayout.JAVA_LONG, 32, stream);
        config.set(ValueLayout.JAVA_LONG, 40, 0);
        config.set(ValueLayout.JAVA_INT, 48, 0);
        driver.launch(config, kernel.handle(), pointers, kernel.name());
    }
}

package org.svgen.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.svgen.cuda.gpu.KernelNames;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.op.Op;

/**
 * Which kernels compute a call, on Hopper and on other GPUs. The emulated driver notes the launches
 * and computes nothing. The GPU has two multiprocessors.
 */
abstract class KernelChoice {
    static @Nullable Backend hopper;
    static @Nullable Backend ampere;

    @BeforeAll
    static void open() {
        EmulatedGpu.record(true);
        hopper = EmulatedGpu.open(KernelNames.candidates(9, 0));
        ampere = EmulatedGpu.open(KernelNames.candidates(8, 0));
    }

    @AfterAll
    static void close() {
        EmulatedGpu.record(false);
        for (Backend backend : new Backend[] {hopper, ampere}) {
            if (backend != null) {
                backend.close();
            }
        }
    }

    /** What a call's operands begin with, and where. */
    @FunctionalInterface
    interface Operands {
        Tensor of(DType dtype, long... dims);
    }

    @FunctionalInterface
    interface Call {
        Op on(Operands operands);
    }

    /**
     * @param offset bytes from the beginning of the memory to each operand
     */
    static String launched(@Nullable Backend backend, int offset, Call call) {
        var memory = backend.allocate(8 << 20);
        try {
            Op op = call.on((dtype, dims) -> new Tensor(dtype, Shape.of(dims), memory, offset));
            EmulatedGpu.launched();
            backend.ops().run(op);
            return EmulatedGpu.launched().stream()
                    .map(launch -> launch.substring(0, launch.indexOf(' ')))
                    .collect(Collectors.joining(" "));
        } finally {
            backend.release(memory);
        }
    }

    static void check(int offset, String onHopper, String onAmpere, Call call) {
        assertThat(launched(hopper, offset, call)).as("on Hopper").isEqualTo(onHopper);
        assertThat(launched(ampere, offset, call)).as("on Ampere").isEqualTo(onAmpere);
    }
}

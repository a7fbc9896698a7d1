package org.svgen.cuda.attention;

import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Gpu.Scratch;
import org.svgen.tensor.op.ChooseKindsOp;

/** The kind of each head, by its errors and costs: kinds.cu. */
final class KindChooser {
    private static final int THREADS = 128;

    private final Gpu gpu;

    KindChooser(Gpu gpu) {
        this.gpu = gpu;
    }

    void run(ChooseKindsOp o) {
        float[] costs = o.costs();
        float[] multipliers = o.multipliers();
        int[] bits = new int[costs.length + multipliers.length];
        for (int i = 0; i < costs.length; i++) {
            bits[i] = Float.floatToRawIntBits(costs[i]);
        }
        for (int b = 0; b < multipliers.length; b++) {
            bits[costs.length + b] = Float.floatToRawIntBits(multipliers[b]);
        }
        long heads = o.kinds().elements();
        try (Scratch scratch = gpu.scratch((long) bits.length * Integer.BYTES)) {
            gpu.staging().toDevice(bits, scratch.address());
            gpu.kernel("kinds", "choose_kinds")
                    .struct()
                    .pointer(o.errors())
                    .pointer(o.energies())
                    .pointer(scratch.address())
                    .pointer(o.kinds())
                    .i32(Math.toIntExact(heads))
                    .i32(costs.length - 1)
                    .i32(multipliers.length)
                    .f32(o.tolerance())
                    .end()
                    .start(heads, THREADS);
        }
    }
}

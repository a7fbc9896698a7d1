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
        int[] bits = new int[costs.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(costs[i]);
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
                    .f32(o.multiplier())
                    .f32(o.tolerance())
                    .end()
                    .start(heads, THREADS);
        }
    }
}

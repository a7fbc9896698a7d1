package org.svgen.cuda.simple;

import org.svgen.cuda.gpu.Alignment;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Gpu.Scratch;
import org.svgen.cuda.gpu.Launcher;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.GroupNormOp;
import org.svgen.tensor.op.GroupNormOp.Modulation;

/** Group normalisation: kernels of group_norm.cu. */
public final class GroupNorm {
    private static final String SOURCE = "group_norm";
    private static final int THREADS = 256;
    private static final int MOST_RUNS = 256;

    /** Pixels of a run at least, so that runs are worth a block. */
    private static final int LEAST_PIXELS = 512;

    private static final int LEAST_WIDE_PIXELS = 128;
    private static final int MOST_WIDE_RUNS = 1024;
    private static final int PAIR = 2 * Float.BYTES;

    private final Gpu gpu;

    public GroupNorm(Gpu gpu) {
        this.gpu = gpu;
    }

    public void run(GroupNormOp o) {
        Tensor x = o.x();
        int groups = o.groups();
        Modulation modulation = o.modulation();
        Tensor out = o.out();
        int c = x.size(3);
        long pixels = x.elements() / c;
        boolean wide = wide(o);
        int runs =
                wide
                        ? Math.clamp(pixels / LEAST_WIDE_PIXELS, 1, MOST_WIDE_RUNS)
                        : Math.clamp(pixels / LEAST_PIXELS, 1, MOST_RUNS);
        long partials = (long) groups * runs * PAIR;
        int frames = modulation == null ? 0 : modulation.scaleFrame().length;
        long bytes = partials + (long) groups * PAIR + (long) frames * Integer.BYTES;
        try (Scratch scratch = gpu.scratch(bytes)) {
            long partial = scratch.address();
            long moments = partial + partials;
            long frameTable = modulation == null ? 0 : moments + (long) groups * PAIR;
            if (modulation != null) {
                gpu.staging().toDevice(modulation.scaleFrame(), frameTable);
            }
            gpu.kernel(SOURCE, wide ? "group_sums_wide" : "group_sums")
                    .elements(x)
                    .i64(pixels)
                    .i32(c)
                    .i32(groups)
                    .pointer(partial)
                    .start(wide ? runs : groups, wide ? 1 : runs, 1, THREADS);
            gpu.kernel(SOURCE, "group_moments")
                    .elements(x)
                    .i64(pixels)
                    .i32(c)
                    .i32(groups)
                    .f32(o.eps())
                    .i32(runs)
                    .pointer(partial)
                    .pointer(moments)
                    .start(groups, 1, 1, 32);
            Tensor scale = modulation == null ? null : modulation.scale();
            Launcher last =
                    gpu.kernel(SOURCE, wide ? "group_normalise_wide" : "group_normalise")
                            .struct()
                            .elements(x)
                            .elements(o.weight())
                            .elements(o.bias())
                            .elements(scale)
                            .elements(modulation == null ? null : modulation.shift())
                            .elements(out)
                            .pointer(frameTable)
                            .pointer(moments)
                            .i32(x.size(1))
                            .i32(x.size(2))
                            .i32(c)
                            .i32(groups)
                            .i32(scale == null ? 1 : scale.size(1))
                            .i32(scale == null ? 1 : scale.size(2))
                            .i32(o.f().ordinal())
                            .i32((out.size(1) - x.size(1)) / 2)
                            .end();
            if (wide) {
                last.i32((int) pixels).start(x.elements() / 4, THREADS);
            } else {
                last.i64(x.elements()).start(x.elements(), THREADS);
            }
        }
    }

    /** True if each thread can keep to four channels of one group. */
    private static boolean wide(GroupNormOp o) {
        Tensor x = o.x();
        Modulation modulation = o.modulation();
        int c = x.size(3);
        return c % (4 * o.groups()) == 0
                && THREADS % (c / 4) == 0
                && x.elements() / c <= Integer.MAX_VALUE / 2
                && Alignment.rows(4, c, x, o.weight(), o.bias(), o.out())
                && (modulation == null
                        || Alignment.rows(4, c, modulation.scale(), modulation.shift()));
    }
}

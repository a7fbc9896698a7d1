package org.svgen.cuda.simple;

import org.svgen.cuda.gpu.Alignment;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Launcher;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.AddAveragedOp;
import org.svgen.tensor.op.AddDuplicatedOp;

/** What becomes of a few frames and pixels that one place stands for: kernels of patches.cu. */
public final class Patches {
    private static final int THREADS = 256;

    private final Gpu gpu;

    public Patches(Gpu gpu) {
        this.gpu = gpu;
    }

    public void addAveraged(AddAveragedOp o) {
        Launcher launcher = gpu.kernel("patches", "add_averaged");
        long items = o.out().elements();
        start(launcher, o.x(), o.time(), o.space(), o.group(), o.missing(), o.out(), items);
    }

    public void addDuplicated(AddDuplicatedOp o) {
        boolean wide =
                Alignment.rows(4, o.out().size(3), o.out())
                        && Alignment.rows(4, o.x().size(3), o.x())
                        && o.out().elements() / 4 <= Integer.MAX_VALUE;
        Launcher launcher = gpu.kernel("patches", wide ? "add_duplicated_wide" : "add_duplicated");
        long items = o.out().elements() / (wide ? 4 : 1);
        start(launcher, o.x(), o.time(), o.space(), o.repeats(), o.missing(), o.out(), items);
    }

    private static void start(
            Launcher launcher,
            Tensor x,
            int time,
            int space,
            int group,
            int missing,
            Tensor out,
            long items) {
        launcher.struct()
                .elements(x)
                .elements(out)
                .i32(x.size(1))
                .i32(x.size(2))
                .i32(x.size(3))
                .i32(out.size(1))
                .i32(out.size(2))
                .i32(out.size(3))
                .i32(time)
                .i32(space)
                .i32(group)
                .i32(missing)
                .end()
                .i64(items)
                .start(items, THREADS);
    }
}

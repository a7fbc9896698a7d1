package org.svgen.cuda.attention;

import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Launcher;
import org.svgen.cuda.gpu.MeanThreads;
import org.svgen.tensor.op.BlockDensityOp;
import org.svgen.tensor.op.BlockMeansOp;

/** What is computed of blocks beside attention: blocks.cu. */
final class Blocks {
    private static final String SOURCE = "blocks";
    private static final int THREADS = 128;

    private final Gpu gpu;

    Blocks(Gpu gpu) {
        this.gpu = gpu;
    }

    void run(BlockMeansOp o) {
        Launcher launcher =
                gpu.kernel(SOURCE, "block_means").struct().elements(o.x()).elements(o.out());
        MapArguments.blocks(launcher, o.blocks(), o.x().size(2));
        MapArguments.which(launcher, o.which(), o.blocks().maps())
                .i32(o.x().size(3))
                .end()
                .start(
                        o.blocks().count(),
                        (long) o.x().size(0) * o.x().size(1),
                        1,
                        MeanThreads.of(o.x().size(2), o.blocks().count()));
    }

    void run(BlockDensityOp o) {
        Launcher launcher = gpu.kernel(SOURCE, "block_density").struct();
        MapArguments.map(launcher, o.map(), o.queries(), o.keys())
                .pointer(o.out())
                .end()
                .start(o.out().elements(), 1, 1, THREADS);
    }
}

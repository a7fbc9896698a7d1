package org.svgen.cuda.cluster;

import org.svgen.cuda.gpu.Gpu;
import org.svgen.tensor.op.BlockSharesOp;
import org.svgen.tensor.op.ChooseMapsOp;
import org.svgen.tensor.op.LineScoresOp;

/** Which pattern of blocks a head attends in: kernels of patterns.cu. */
public final class PatternChooser {
    private static final String SOURCE = "patterns";
    private static final int THREADS = 256;

    private final Gpu gpu;

    public PatternChooser(Gpu gpu) {
        this.gpu = gpu;
    }

    public void run(BlockSharesOp o) {
        int rows = o.rows().size(0);
        int blocks = o.shares().size(2);
        int maps = o.bounds().size(0);
        start(o, "block_logs", Math.ceilDiv(rows, THREADS), blocks, maps);
        start(o, "row_shares", rows, maps, 1);
    }

    private void start(BlockSharesOp o, String kernel, int x, int y, int z) {
        gpu.kernel(SOURCE, kernel)
                .struct()
                .elements(o.q())
                .elements(o.k())
                .pointer(o.rows())
                .pointer(o.bounds())
                .pointer(o.shares())
                .i32(o.rows().size(0))
                .i32(o.shares().size(2))
                .i32(o.q().size(2))
                .i32(o.q().size(3))
                .f32(o.scale())
                .end()
                .start(x, y, z, THREADS);
    }

    public void run(LineScoresOp o) {
        int maps = o.shares().size(0);
        start(o, "line_worth", Math.ceilDiv(o.lines().size(1), THREADS), maps);
        start(o, "line_scores", o.shares().size(2), maps);
    }

    private void start(LineScoresOp o, String kernel, int x, int y) {
        gpu.kernel(SOURCE, kernel)
                .struct()
                .pointer(o.shares())
                .pointer(o.blocks())
                .pointer(o.lines())
                .pointer(o.scores())
                .i32(o.shares().size(1))
                .i32(o.shares().size(2))
                .end()
                .start(x, y, 1, THREADS);
    }

    public void run(ChooseMapsOp o) {
        gpu.kernel(SOURCE, "choose_maps")
                .struct()
                .pointer(o.shares())
                .pointer(o.blocks())
                .pointer(o.bits())
                .pointer(o.which())
                .i32(o.shares().size(1))
                .i32(o.shares().size(2))
                .i32(o.patterns())
                .i32(o.bits().size(0) / o.patterns())
                .i32(o.bits().size(1))
                .i32(o.bits().size(2))
                .i32(o.first())
                .end()
                .start(o.shares().size(0), 1, 1, THREADS);
    }
}

package org.svgen.cuda.attention;

import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Gpu.Scratch;
import org.svgen.cuda.gpu.Launcher;
import org.svgen.tensor.Check;
import org.svgen.tensor.op.BlockThreshold;
import org.svgen.tensor.op.ThresholdBlocksOp;

/** Bits of a map by the scores of block means: threshold.cu. */
final class BlockChooser {
    private static final String SOURCE = "threshold";
    private static final int THREADS = 128;
    private static final int ROWS = 16;
    private static final int MOST_DIM = 128;
    private static final int MOMENT_THREADS = 1024;
    private static final double LOG2E = 1.4426950408889634;

    private final Gpu gpu;

    BlockChooser(Gpu gpu) {
        this.gpu = gpu;
    }

    void run(ThresholdBlocksOp o) {
        int dim = o.queries().size(3);
        long heads = o.bounds().size(0);
        Check.that(dim <= MOST_DIM, "heads of %s elements, expected at most %s", dim, MOST_DIM);
        boolean byDensity = o.rule().tau().isEmpty();
        long counts = heads * (BlockThreshold.bins() + 1) * Long.BYTES;
        long moments = heads * 2 * dim * Float.BYTES;
        try (Scratch scratch = gpu.scratch(counts + moments + heads * Integer.BYTES)) {
            arguments(kernel("block_moments"), o, scratch.address())
                    .end()
                    .start(heads, 1, 1, MOMENT_THREADS);
            long rows = Math.ceilDiv(o.queries().size(2), ROWS);
            if (byDensity) {
                arguments(kernel("count_scores"), o, scratch.address())
                        .end()
                        .start(rows, heads, 1, THREADS);
                arguments(kernel("choose_edges"), o, scratch.address())
                        .end()
                        .start(heads, 1, 1, THREADS);
            }
            arguments(kernel("threshold_blocks"), o, scratch.address())
                    .end()
                    .start(rows, heads, 1, THREADS);
        }
    }

    private Launcher kernel(String name) {
        return gpu.kernel(SOURCE, name).struct();
    }

    private static Launcher arguments(Launcher launcher, ThresholdBlocksOp o, long scratch) {
        BlockThreshold rule = o.rule();
        int dim = o.queries().size(3);
        long heads = o.bounds().size(0);
        long moments = scratch + heads * (BlockThreshold.bins() + 1) * Long.BYTES;
        return launcher.elements(o.queries())
                .elements(o.keys())
                .pointer(o.bounds())
                .pointer(o.bits())
                .pointer(moments)
                .pointer(scratch)
                .pointer(moments + heads * 2 * dim * Float.BYTES)
                .i32(o.queries().size(2))
                .i32(o.keys().size(2))
                .i32(dim)
                .i32(rule.videoFrom())
                .i32(rule.videoTo())
                .i32(rule.near())
                .i32(rule.together())
                .flag(rule.tau().isEmpty())
                .f32((float) rule.tau().orElse(0))
                .f32((float) (o.scale() * LOG2E))
                .i64((long) (rule.density() * rule.allPairs()));
    }
}

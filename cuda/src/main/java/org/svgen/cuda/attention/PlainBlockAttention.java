package org.svgen.cuda.attention;

import java.util.List;
import org.svgen.cuda.gpu.Alignment;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Kernel;
import org.svgen.cuda.gpu.Launcher;
import org.svgen.cuda.gpu.Requirement;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.BlockAttentionOp;
import org.svgen.tensor.op.BlockTail;

/** Attention by any map of blocks, in f32: attention_blocks.cu. */
final class PlainBlockAttention implements Kernel<BlockAttentionOp> {
    private static final String SOURCE = "attention_blocks";

    private static final List<Requirement<BlockAttentionOp>> REQUIREMENTS =
            List.of(
                    new Requirement<>(
                            "heads of 128 channels at most",
                            o -> o.q().size(3) <= PlainAttention.MOST_HEAD_DIM));

    private final Gpu gpu;

    PlainBlockAttention(Gpu gpu) {
        this.gpu = gpu;
    }

    @Override
    public String name() {
        return "plain";
    }

    @Override
    public List<Requirement<BlockAttentionOp>> requirements() {
        return REQUIREMENTS;
    }

    @Override
    public void run(BlockAttentionOp o) {
        int queries = o.q().size(2);
        int dim = o.q().size(3);
        BlockTail tail = o.tail();
        Tensor tailKeys = tail == null ? null : tail.keys();
        Tensor tailValues = tail == null ? null : tail.values();
        boolean wide = Alignment.rows(4, dim, o.q(), o.k(), o.v());
        if (tailKeys != null && tailValues != null) {
            wide &= Alignment.rows(4, dim, tailKeys, tailValues);
        }
        Launcher launcher =
                gpu.kernel(SOURCE, "attend_blocks", PlainAttention.sharedBytes(dim))
                        .struct()
                        .elements(o.q())
                        .elements(o.k())
                        .elements(o.v())
                        .elements(tailKeys)
                        .elements(tailValues)
                        .elements(o.out());
        MapArguments.map(launcher, o.map(), queries, o.k().size(2))
                .i32(o.q().size(1))
                .i32(dim)
                .f32(o.scale())
                .flag(wide)
                .end()
                .start(
                        Math.ceilDiv(queries, PlainAttention.ROWS),
                        (long) o.q().size(0) * o.q().size(1),
                        1,
                        PlainAttention.THREADS);
    }
}

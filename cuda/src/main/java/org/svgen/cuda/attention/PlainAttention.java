package org.svgen.cuda.attention;

import java.util.List;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Kernel;
import org.svgen.cuda.gpu.Requirement;
import org.svgen.tensor.op.AttentionOp;

/** Attention by any plan, in f32: attention.cu. */
final class PlainAttention implements Kernel<AttentionCall> {
    /** The longest head that the kernel takes; {@link LongHeadsAttention} is for longer ones. */
    static final int MOST_HEAD_DIM = 128;

    private static final List<Requirement<AttentionCall>> REQUIREMENTS =
            List.of(
                    new Requirement<>(
                            "heads of 128 channels at most", c -> c.dim() <= MOST_HEAD_DIM));

    private final Gpu gpu;

    PlainAttention(Gpu gpu) {
        this.gpu = gpu;
    }

    @Override
    public String name() {
        return "plain";
    }

    @Override
    public List<Requirement<AttentionCall>> requirements() {
        return REQUIREMENTS;
    }

    @Override
    public void run(AttentionCall c) {
        AttentionOp o = c.op();
        int queries = o.q().size(2);
        new PlainLaunch(
                        o.q(),
                        o.k(),
                        o.v(),
                        o.out(),
                        c.plan().address(),
                        o.kinds(),
                        0,
                        0,
                        queries,
                        1,
                        o.scale())
                .begin(gpu)
                .start(Math.ceilDiv(queries, PlainLaunch.ROWS), c.heads(), 1, PlainLaunch.THREADS);
    }
}

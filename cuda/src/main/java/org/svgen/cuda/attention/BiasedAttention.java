package org.svgen.cuda.attention;

import org.svgen.cuda.gpu.Alignment;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.BiasedAttentionOp;

/** Small attention with an additive bias: attention.cu. */
final class BiasedAttention {
    private static final int WARPS = 4;

    /** Keys of a tile, and elements from one to the next in shared memory. */
    private static final int TILE = 32;

    private static final int PITCH = 68;

    /** Queries of a warp at most. */
    private static final int EACH = 4;

    private final Gpu gpu;

    BiasedAttention(Gpu gpu) {
        this.gpu = gpu;
    }

    void run(BiasedAttentionOp o) {
        Tensor q = o.q();
        int n = q.size(0);
        int most = gpu.device().blockMemory();
        int each = EACH;
        while (each > 1 && shared(n, each) > most) {
            each--;
        }
        int shared = shared(n, each);
        Check.that(shared <= most, "attention with a bias of %s tokens", n);
        gpu.kernel(PlainAttention.SOURCE, "biased_attention", shared)
                .elements(q)
                .elements(o.k())
                .elements(o.v())
                .pointer(o.bias())
                .elements(o.out())
                .i32(n)
                .i32(q.size(1))
                .i32(q.size(2))
                .f32(o.scale())
                .i32(each)
                .flag(Alignment.rows(4, q.size(2), q, o.k(), o.v()))
                .start(Math.ceilDiv(n, WARPS * each), q.size(1), 1, 32 * WARPS);
    }

    /** A tile, and the queries of a block with the scores of each. */
    private static int shared(int n, int each) {
        return (TILE * PITCH + WARPS * each * (PITCH + n)) * Float.BYTES;
    }
}

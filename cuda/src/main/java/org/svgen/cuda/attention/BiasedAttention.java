package org.svgen.cuda.attention;

import org.svgen.cuda.gpu.Gpu;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.BiasedAttentionOp;

/** Small attention with an additive bias: attention.cu. */
final class BiasedAttention {
    private static final int WARPS = 4;

    private final Gpu gpu;

    BiasedAttention(Gpu gpu) {
        this.gpu = gpu;
    }

    void run(BiasedAttentionOp o) {
        Tensor q = o.q();
        int n = q.size(0);
        int shared = WARPS * n * Float.BYTES;
        Check.that(shared <= gpu.device().blockMemory(), "attention with a bias of %s tokens", n);
        gpu.kernel(PlainLaunch.SOURCE, "biased_attention", shared)
                .elements(q)
                .elements(o.k())
                .elements(o.v())
                .pointer(o.bias())
                .elements(o.out())
                .i32(n)
                .i32(q.size(1))
                .i32(q.size(2))
                .f32(o.scale())
                .start(Math.ceilDiv(n, WARPS), q.size(1), 1, 32 * WARPS);
    }
}

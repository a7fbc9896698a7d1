package org.svgen.models.cosmos;

import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.Linear;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Ops;

/**
 * Embeds the time (diffusers: {@code CosmosEmbedding}).
 *
 * @param norm [C]
 */
record CosmosEmbedder(Linear first, Linear second, Tensor norm) {
    private static final float EPS = 1e-6f;

    static CosmosEmbedder load(CosmosConfig c, WeightSource w) {
        int width = c.width();
        return new CosmosEmbedder(
                Linear.load(w, "t_embedder.linear_1", width, width, false),
                Linear.load(w, "t_embedder.linear_2", width, 3 * width, false),
                w.tensor("norm.weight", width));
    }

    /**
     * @param sinusoid F32 [1, C]
     * @return memory of {@code workspace}
     */
    CosmosTime apply(Workspace workspace, Tensor sinusoid) {
        Ops ops = workspace.ops();
        int width = sinusoid.size(1);
        Tensor silu = workspace.allocate(DType.F32, 1, width);
        Tensor shared = workspace.allocate(DType.F32, 3, width);
        ops.rmsNorm(sinusoid, norm, EPS, Activation.SILU, silu);
        try (var _ = workspace.scope()) {
            Tensor hidden = workspace.allocate(DType.F32, 1, width);
            first.apply(ops, sinusoid, Activation.SILU, hidden);
            second.apply(ops, hidden, shared.reshape(1, 3L * width));
        }
        return new CosmosTime(silu, shared);
    }
}

package org.svgen.models.hunyuan15;

import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.TimestepEmbedding;
import org.svgen.nn.joint.Conditioning;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Ops;

/**
 * What every block is modulated by (diffusers: {@code HunyuanVideo15TimeEmbedding}).
 *
 * @param end of the time at the end of a step; only models with mean flow have it
 */
record TimeEmbedder(TimestepEmbedding time, @Nullable TimestepEmbedding end) {
    static TimeEmbedder load(Hunyuan15Config c, WeightSource w) {
        return new TimeEmbedder(
                embedding(c, w, "timestep_embedder"),
                c.meanFlow() ? embedding(c, w, "timestep_embedder_r") : null);
    }

    private static TimestepEmbedding embedding(Hunyuan15Config c, WeightSource w, String name) {
        return TimestepEmbedding.load(w, name, Conditioning.CHANNELS, c.width(), Activation.SILU);
    }

    /**
     * silu of the embedding: all uses of it begin with silu.
     *
     * @param sinusoids F32 [2, {@link Conditioning#CHANNELS}]: of the time, and of that at the end
     *     of the step
     * @return memory of {@code workspace}: [1, C]
     */
    Tensor apply(Workspace workspace, Tensor sinusoids) {
        Ops ops = workspace.ops();
        Tensor sum = workspace.allocate(DType.F32, 1, time.outputs());
        time.apply(workspace, sinusoids.rows(0, 1), sum);
        if (end != null) {
            try (var _ = workspace.scope()) {
                Tensor other = workspace.allocate(DType.F32, 1, time.outputs());
                end.apply(workspace, sinusoids.rows(1, 2), other);
                ops.axpby(1, sum, 1, other, sum);
            }
        }
        ops.activate(Activation.SILU, sum, sum);
        return sum;
    }
}

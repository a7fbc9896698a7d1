package org.svgen.nn.joint;

import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.TimestepEmbedding;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Ops;

/**
 * What every block is modulated by: the sum of embeddings of the time, of a vector for the text and
 * of the guidance scale (diffusers: {@code HunyuanVideoConditionEmbedding}, {@code
 * CombinedTimestepTextProjEmbeddings}).
 */
public record Conditioning(
        TimestepEmbedding time, TimestepEmbedding text, @Nullable TimestepEmbedding guidance) {
    /** Sines and cosines that time and guidance are told by. */
    public static final int CHANNELS = 256;

    /** Reads what is in {@code w} for the time, the text and, if {@code guided}, the guidance. */
    public static Conditioning load(WeightSource w, int textDim, int width, boolean guided) {
        return new Conditioning(
                embedding(w, "timestep_embedder", CHANNELS, width),
                embedding(w, "text_embedder", textDim, width),
                guided ? embedding(w, "guidance_embedder", CHANNELS, width) : null);
    }

    private static TimestepEmbedding embedding(WeightSource w, String name, int from, int width) {
        return TimestepEmbedding.load(w, name, from, width, Activation.SILU);
    }

    /** The sinusoid that time and guidance scale (of a thousand) are told by. */
    public static float[] sinusoid(double value) {
        return TimestepEmbedding.sinusoid(new double[] {value}, CHANNELS, true, 0);
    }

    /**
     * silu of the sum: all uses of it begin with silu.
     *
     * @param guidance not used by models without an embedding of it
     * @return memory of {@code workspace}: [1, width]
     */
    public Tensor apply(
            Workspace workspace,
            Tensor timeSinusoid, // [1, CHANNELS]
            Tensor pooled, // [1, textDim]
            @Nullable Tensor guidanceSinusoid) { // [1, CHANNELS]
        Ops ops = workspace.ops();
        Tensor sum = workspace.allocate(DType.F32, 1, time.outputs());
        time.apply(workspace, timeSinusoid, sum);
        add(workspace, text, pooled, sum);
        if (guidance != null && guidanceSinusoid != null) {
            add(workspace, guidance, guidanceSinusoid, sum);
        }
        ops.activate(Activation.SILU, sum, sum);
        return sum;
    }

    private static void add(Workspace workspace, TimestepEmbedding e, Tensor x, Tensor sum) {
        try (var _ = workspace.scope()) {
            Tensor other = workspace.allocate(DType.F32, sum.shape().dims());
            e.apply(workspace, x, other);
            workspace.ops().axpby(1, sum, 1, other, sum);
        }
    }
}

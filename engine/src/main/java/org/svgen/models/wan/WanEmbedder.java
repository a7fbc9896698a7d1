package org.svgen.models.wan;

import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.Linear;
import org.svgen.nn.TimestepEmbedding;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;

/**
 * Brings time, text and picture to the width of the model (diffusers: {@code
 * WanTimeTextImageEmbedding}).
 *
 * @param projection from the time's embedding to what blocks are modulated by
 * @param text two layers, as the time's embedding has
 */
record WanEmbedder(
        TimestepEmbedding time,
        Linear projection,
        TimestepEmbedding text,
        @Nullable WanPictureEmbedder picture) {
    /** Shift, scale and gate of attention, then of the feed-forward layer. */
    static final int PARTS = 6;

    static WanEmbedder load(WanConfig c, WeightSource w) {
        int width = c.width();
        return new WanEmbedder(
                TimestepEmbedding.load(w, "time_embedder", c.freqDim(), width, Activation.SILU),
                Linear.load(w, "time_proj", width, PARTS * width, true),
                TimestepEmbedding.load(
                        w, "text_embedder", c.textDim(), width, Activation.GELU_TANH),
                c.imageDim().isPresent()
                        ? WanPictureEmbedder.load(c, w.at("image_embedder"))
                        : null);
    }

    /**
     * A step's times, embedded.
     *
     * @param embedding F32 [times, C]
     * @param parts F32 [times, {@link #PARTS}, C]
     */
    record Times(Tensor embedding, Tensor parts) {}

    /**
     * @param sinusoids F32 [times, freqDim]
     * @return memory of {@code workspace}
     */
    Times times(Workspace workspace, Tensor sinusoids) {
        int times = sinusoids.size(0);
        int width = time.outputs();
        Tensor embedding = workspace.allocate(DType.F32, times, width);
        Tensor parts = workspace.allocate(DType.F32, times, PARTS, width);
        time.apply(workspace, sinusoids, embedding);
        try (var _ = workspace.scope()) {
            Tensor silu = workspace.allocate(DType.F32, times, width);
            workspace.ops().activate(Activation.SILU, embedding, silu);
            projection.apply(workspace.ops(), silu, parts.reshape(times, (long) PARTS * width));
        }
        return new Times(embedding, parts);
    }
}

package org.svgen.models.wan;

import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.LayerNorm;
import org.svgen.nn.Linear;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Ops;

/**
 * Brings an image encoder's tokens to the width of the model (diffusers: {@code
 * WanImageEmbedding}).
 *
 * @param positions [1, tokens, Di], added first, if the model learned them
 */
record WanPictureEmbedder(
        @Nullable Tensor positions, LayerNorm in, Linear up, Linear down, LayerNorm out) {
    private static final double EPS = 1e-5;

    static WanPictureEmbedder load(WanConfig c, WeightSource w) {
        int dim = c.imageDim().orElseThrow();
        int width = c.width();
        return new WanPictureEmbedder(
                c.imagePositions().isPresent()
                        ? w.tensor("pos_embed", 1, c.imagePositions().getAsInt(), dim)
                        : null,
                LayerNorm.load(w, "norm1", dim, true, EPS),
                Linear.load(w, "ff.net.0.proj", dim, dim, true),
                Linear.load(w, "ff.net.2", dim, width, true),
                LayerNorm.load(w, "norm2", width, true, EPS));
    }

    void apply(Workspace workspace, Tensor tokens, Tensor to) { // [T, Di] -> [T, C]
        Ops ops = workspace.ops();
        int count = tokens.size(0);
        int dim = tokens.size(1);
        try (var _ = workspace.scope()) {
            Tensor x = workspace.allocate(DType.F32, count, dim);
            Tensor hidden = workspace.allocate(DType.F32, count, dim);
            Tensor wide = workspace.allocate(DType.F32, count, to.size(1));
            if (positions == null) {
                in.apply(ops, tokens, x);
            } else {
                ops.axpby(1, tokens, 1, positions, hidden);
                in.apply(ops, hidden, x);
            }
            up.apply(ops, x, Activation.GELU, hidden);
            down.apply(ops, hidden, wide);
            out.apply(ops, wide, to);
        }
    }
}

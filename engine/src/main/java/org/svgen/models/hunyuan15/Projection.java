package org.svgen.models.hunyuan15;

import java.util.List;
import java.util.stream.IntStream;
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
 * Brings another encoder's embeddings to the width of the model: a norm, linear layers with GELU
 * between them, and perhaps a norm (diffusers: {@code HunyuanVideo15ByT5TextProjection}, {@code
 * HunyuanVideo15ImageProjection}).
 *
 * @param linear layers in a row
 */
record Projection(LayerNorm in, List<Linear> linear, @Nullable LayerNorm out) {
    private static final double EPS = 1e-5;

    /** Of quoted text; published models are as wide within as without. */
    static Projection ofGlyphs(Hunyuan15Config c, WeightSource w) {
        return new Projection(
                LayerNorm.load(w, "norm", c.glyphDim(), true, EPS),
                linear(w, c.glyphDim(), c.width(), c.width(), c.width()),
                null);
    }

    static Projection ofPictures(Hunyuan15Config c, WeightSource w) {
        return new Projection(
                LayerNorm.load(w, "norm_in", c.pictureDim(), true, EPS),
                linear(w, c.pictureDim(), c.pictureDim(), c.width()),
                LayerNorm.load(w, "norm_out", c.width(), true, EPS));
    }

    private static List<Linear> linear(WeightSource w, int... widths) {
        return IntStream.range(1, widths.length)
                .mapToObj(i -> Linear.load(w, "linear_" + i, widths[i - 1], widths[i], true))
                .toList();
    }

    void apply(Workspace workspace, Tensor embeds, Tensor to) { // [n, D] -> [n, C]
        Ops ops = workspace.ops();
        int n = embeds.size(0);
        try (var _ = workspace.scope()) {
            Tensor x = workspace.allocate(DType.F32, n, embeds.size(1));
            in.apply(ops, embeds, x);
            for (int i = 0; i < linear.size(); i++) {
                boolean last = i == linear.size() - 1;
                Tensor next = workspace.allocate(DType.F32, n, linear.get(i).outputs());
                linear.get(i).apply(ops, x, last ? Activation.NONE : Activation.GELU, next);
                x = next;
            }
            if (out == null) {
                ops.convert(x, to);
            } else {
                out.apply(ops, x, to);
            }
        }
    }
}

package org.svgen.vae;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.Tensor;

/**
 * Two normalised causal convolutions beside a shortcut (diffusers: {@code CogVideoXResnetBlock3D},
 * {@code HunyuanVideoResnetBlockCausal3D}, {@code WanResidualBlock}).
 *
 * @param shortcut absent where the number of channels stays
 */
public record Resnet(NormedConv first, NormedConv second, @Nullable Pointwise shortcut) {

    /** {@code count} blocks in a row, the first of which changes the number of channels. */
    public static List<Resnet> load(
            WeightSource weights, int count, int in, int out, VaeLayers layers) {
        List<Resnet> resnets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            resnets.add(load(weights.at("resnets." + i), i == 0 ? in : out, out, layers));
        }
        return resnets;
    }

    /** One block, whose weights are {@code w}. */
    public static Resnet load(WeightSource w, int in, int out, VaeLayers layers) {
        return new Resnet(
                normed(w, 1, in, out, layers),
                normed(w, 2, out, out, layers),
                in == out ? null : layers.shortcut(w, in, out));
    }

    private static NormedConv normed(WeightSource w, int which, int in, int out, VaeLayers layers) {
        return new NormedConv(
                layers.norm(w, "norm" + which, in), layers.conv(w, "conv" + which, in, out));
    }

    /** Returns {@code x} itself, changed, where the number of channels stays. */
    Tensor apply(Pass pass, Tensor x) { // [T, H, W, Ci] -> [T, H, W, Co]
        if (shortcut == null) {
            addChange(pass, x, x);
            return x;
        }
        Tensor out = shortcut.apply(pass.workspace(), x);
        addChange(pass, x, out);
        return out;
    }

    /** Adds both convolutions of {@code x} to {@code out}, which may be {@code x}. */
    private void addChange(Pass pass, Tensor x, Tensor out) {
        try (var _ = pass.workspace().scope()) {
            Tensor middle = pass.allocateLike(x, first.conv().outputs());
            first.apply(pass, x, middle);
            second.add(pass, middle, out);
        }
    }
}

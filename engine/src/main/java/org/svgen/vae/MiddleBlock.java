package org.svgen.vae;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.Tensor;

/**
 * The block of the lowest resolution: two residual blocks, some with attention between them.
 *
 * @param attention none in some families
 */
public record MiddleBlock(List<Resnet> resnets, @Nullable FrameAttention attention) {
    private static final int RESNETS = 2;

    public static MiddleBlock load(
            WeightSource weights,
            int channels,
            VaeLayers layers,
            @Nullable FrameAttention attention) {
        return new MiddleBlock(
                Resnet.load(weights, RESNETS, channels, channels, layers), attention);
    }

    /** Changes {@code x}. */
    void apply(Pass pass, Tensor x) { // [T, H, W, C]
        resnets.getFirst().apply(pass, x);
        if (attention != null) {
            attention.apply(pass, x);
        }
        resnets.getLast().apply(pass, x);
    }
}

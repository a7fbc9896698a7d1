package org.svgen.vae;

import java.util.List;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.Tensor;

/**
 * The block of the lowest resolution: two residual blocks, some with attention between them.
 *
 * @param attention one after the other; none in some families
 */
public record MiddleBlock(List<Resnet> resnets, List<VaeAttention> attention) {
    private static final int RESNETS = 2;

    public MiddleBlock {
        resnets = List.copyOf(resnets);
        attention = List.copyOf(attention);
    }

    public static MiddleBlock load(
            WeightSource weights, int channels, VaeLayers layers, List<VaeAttention> attention) {
        return new MiddleBlock(
                Resnet.load(weights, RESNETS, channels, channels, layers), attention);
    }

    /** Changes {@code x}. */
    void apply(Pass pass, Tensor x) { // [T, H, W, C]
        resnets.getFirst().apply(pass, x);
        attention.forEach(each -> each.apply(pass, x));
        resnets.getLast().apply(pass, x);
    }
}

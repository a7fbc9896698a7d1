package org.svgen.models.hunyuan;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/** The block of the lowest resolution (diffusers: {@code HunyuanVideoMidBlock3D}). */
record VaeMiddle(List<VaeResnet> resnets, @Nullable VaeAttention attention) {
    private static final int RESNETS = 2;

    static VaeMiddle load(HunyuanVaeConfig c, WeightSource weights) {
        WeightSource w = weights.at("mid_block");
        int channels = c.channels().getLast();
        return new VaeMiddle(
                VaeResnet.load(w, RESNETS, channels, channels, c.normGroups()),
                c.middleAttention()
                        ? VaeAttention.load(w.at("attentions.0"), channels, c.normGroups())
                        : null);
    }

    /** Changes {@code x}. */
    void apply(Workspace workspace, Tensor x) { // [T, H, W, C]
        resnets.getFirst().apply(workspace, x);
        if (attention != null) {
            attention.apply(workspace, x);
        }
        resnets.getLast().apply(workspace, x);
    }
}

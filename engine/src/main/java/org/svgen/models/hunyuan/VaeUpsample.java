package org.svgen.models.hunyuan;

import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;

/**
 * Enlarges frames, of which the first stays single in time, then convolves (diffusers: {@code
 * HunyuanVideoUpsampleCausal3D}).
 */
record VaeUpsample(CausalConv conv, VaeScale scale) {
    static VaeUpsample load(WeightSource w, int channels, VaeScale scale) {
        return new VaeUpsample(CausalConv.load(w, "upsamplers.0.conv", channels, channels), scale);
    }

    Tensor apply(Workspace workspace, Tensor x) { // [T, H, W, C]
        Ops ops = workspace.ops();
        int space = scale.space();
        int t = (x.size(0) - 1) * scale.time() + 1;
        int h = x.size(1) * space;
        int w = x.size(2) * space;
        Tensor out = workspace.allocate(t, h, w, conv.outputs());
        try (var _ = workspace.scope()) {
            Tensor enlarged = conv.allocateInput(workspace, t, h, w);
            conv.applyEnlarged(ops, x, scale, enlarged, out);
        }
        return out;
    }
}

package org.svgen.models.hunyuan;

import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.vae.CausalConv;
import org.svgen.vae.Pass;
import org.svgen.vae.Resample;
import org.svgen.vae.VaeScale;

/**
 * Enlarges frames, of which the first stays single in time, then convolves (diffusers: {@code
 * HunyuanVideoUpsampleCausal3D}). The first frame is the first of a part in time: none are looked
 * back at but copies of it.
 */
record HunyuanUpsample(CausalConv conv, VaeScale scale) implements Resample {
    @Override
    public Tensor apply(Pass pass, Tensor x) { // [T, H, W, C]
        Workspace workspace = pass.workspace();
        int t = (x.size(0) - 1) * scale.time() + 1;
        int h = x.size(1) * scale.space();
        int w = x.size(2) * scale.space();
        Tensor out = workspace.allocate(t, h, w, conv.outputs());
        try (var _ = workspace.scope()) {
            Tensor enlarged = workspace.allocate(conv.back() + t, h, w, conv.inputs());
            pass.ops()
                    .convolveEnlarged(
                            x,
                            scale.time(),
                            scale.space(),
                            conv.weight(),
                            conv.bias(),
                            conv.border(),
                            enlarged,
                            out);
        }
        return out;
    }
}

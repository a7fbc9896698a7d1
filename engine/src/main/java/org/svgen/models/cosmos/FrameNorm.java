package org.svgen.models.cosmos;

import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;
import org.svgen.vae.Pass;
import org.svgen.vae.VaeNorm;

/** Normalises all channels of a frame together (diffusers: {@code CosmosCausalGroupNorm}). */
record FrameNorm(Tensor weight, Tensor bias) implements VaeNorm { // [C]
    private static final float EPS = 1e-6f;

    static FrameNorm load(WeightSource w, String name, int channels) {
        return new FrameNorm(
                w.tensor(name + ".norm.weight", channels), w.tensor(name + ".norm.bias", channels));
    }

    @Override
    public void apply(Pass pass, Tensor x, Activation f, Tensor out) { // [T, H, W, C]
        for (int t = 0; t < x.size(0); t++) {
            Tensor frame = x.rows(t, t + 1L);
            Tensor to = out.rows(t, t + 1L);
            pass.ops().groupNorm(frame, 1, weight, bias, EPS, null, null, null, f, to);
        }
    }
}

package org.svgen.vae;

import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;

/**
 * Divides each pixel by the root of the mean square of its channels (diffusers: {@code
 * WanRMS_norm}).
 */
public record RmsNorm(Tensor weight) implements VaeNorm { // [C]
    /** Keeps a pixel of zeros what it is, and is lost beside any other. */
    private static final float EPS = 1e-24f;

    /** Reads weight {@code name}, which may be stored under another shape. */
    public static RmsNorm load(WeightSource weights, String name, int channels, long... shape) {
        return new RmsNorm(weights.tensor(name, shape).reshape(channels));
    }

    @Override
    public boolean writesMargin() {
        return false;
    }

    @Override
    public void apply(Pass pass, Tensor x, Activation f, Tensor out) { // [T, H, W, C]
        int c = x.size(3);
        long pixels = x.elements() / c;
        pass.ops().rmsNorm(x.reshape(pixels, c), weight, EPS, f, out.reshape(pixels, c));
    }
}

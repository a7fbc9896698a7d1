package org.svgen.nn;

import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;

/**
 * Two linear layers over a sinusoid: diffusers' {@code Timesteps} and {@code TimestepEmbedding}.
 */
public record TimestepEmbedding(Linear first, Activation f, Linear second) {
    private static final double MAX_PERIOD = 10000;

    /** Reads {@code name.linear_1} and {@code name.linear_2}. */
    public static TimestepEmbedding load(
            WeightSource weights, String name, int channels, int embedding, Activation f) {
        return new TimestepEmbedding(
                Linear.load(weights, name + ".linear_1", channels, embedding, true),
                f,
                Linear.load(weights, name + ".linear_2", embedding, embedding, true));
    }

    public int outputs() {
        return second.outputs();
    }

    /**
     * @param sinusoid as {@link #sinusoid} gives it, on the backend
     */
    public void apply(Workspace workspace, Tensor sinusoid, Tensor out) { // [B, C] -> [B, E]
        try (var _ = workspace.scope()) {
            Tensor hidden = workspace.allocate(DType.F32, sinusoid.size(0), first.outputs());
            first.apply(workspace.ops(), sinusoid, f, hidden);
            second.apply(workspace.ops(), hidden, out);
        }
    }

    /**
     * Sines and cosines of {@code t} at geometrically spaced frequencies.
     *
     * @param flip cosines first
     * @param shift {@code downscale_freq_shift}
     * @return [t.length * channels], row by row
     */
    public static float[] sinusoid(double[] t, int channels, boolean flip, double shift) {
        int half = channels / 2;
        float[] out = new float[t.length * channels];
        for (int b = 0; b < t.length; b++) {
            for (int i = 0; i < half; i++) {
                // Rounded as torch rounds it: an angle of some thousands shows the last bit.
                float exponent = (float) -Math.log(MAX_PERIOD) * i / (float) (half - shift);
                float frequency = (float) Math.exp(exponent);
                float angle = (float) t[b] * frequency;
                int sin = b * channels + (flip ? half + i : i);
                int cos = b * channels + (flip ? i : half + i);
                out[sin] = (float) Math.sin(angle);
                out[cos] = (float) Math.cos(angle);
            }
        }
        return out;
    }
}

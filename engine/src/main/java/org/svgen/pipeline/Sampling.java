package org.svgen.pipeline;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/**
 * How noise becomes a video.
 *
 * @param steps denoising steps
 * @param guidance how strongly the prompt steers: the scale of classifier-free guidance, which 1
 *     turns off, or a number that the model is told
 * @param seed 64 bits as torch takes them, told without a sign (see {@link
 *     org.svgen.tensor.random.Seeds})
 * @param dtype of the noise and the latents between steps, F32 or BF16; F8_E4M3 stands for F32, and
 *     for products of the denoiser's blocks in 8 bits
 * @param latents initial noise in place of the seed's: host F32, laid out as the model's latents
 */
public record Sampling(
        int steps, double guidance, long seed, DType dtype, @Nullable Tensor latents) {
    /**
     * Checks what each field takes.
     *
     * @throws BadInputException naming the first field that is wrong
     */
    public Sampling {
        Objects.requireNonNull(dtype, "dtype");
        Rules.STEPS.require(steps);
        Rules.GUIDANCE.require(guidance);
        Rules.DTYPE.require(dtype);
    }

    /**
     * {@return the noise of seed 0 in F32}
     *
     * @param steps denoising steps
     * @param guidance how strongly the prompt steers
     * @throws BadInputException naming the first field that is wrong
     */
    public static Sampling of(int steps, double guidance) {
        return new Sampling(steps, guidance, 0, DType.F32, null);
    }
}

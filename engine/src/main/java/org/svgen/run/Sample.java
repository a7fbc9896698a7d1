package org.svgen.run;

import java.lang.foreign.Arena;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * Latents on their way from noise to a video, on the device, as long as the enclosing scope of the
 * workspace. In bfloat16 runs they are bfloat16 numbers between steps.
 */
final class Sample {
    private final Workspace workspace;
    private final DType noiseType;
    private final Consumer<Tensor> random;
    private final Tensor latents; // F32
    private final Tensor input; // F32, what the model sees: the latents, or as they are rounded
    private final @Nullable Tensor rounded; // BF16

    /**
     * @param dtype of latents between steps
     * @param noiseType of noise, as it is drawn
     * @param random fills host tensors with normally distributed numbers
     */
    Sample(
            Workspace workspace,
            DType dtype,
            DType noiseType,
            Consumer<Tensor> random,
            long... dims) {
        this.workspace = workspace;
        this.noiseType = noiseType;
        this.random = random;
        this.latents = workspace.allocate(DType.F32, dims);
        this.rounded = dtype == DType.BF16 ? workspace.allocate(DType.BF16, dims) : null;
        this.input =
                dtype == noiseType || rounded == null
                        ? latents
                        : workspace.allocate(DType.F32, dims);
    }

    Tensor latents() {
        return latents;
    }

    /**
     * @param given initial noise, if the request brought some
     * @param deviation of the initial noise
     */
    void begin(@Nullable Tensor given, float deviation) {
        if (given == null) {
            draw(latents);
        } else {
            load(given);
        }
        workspace.ops().axpby(deviation, latents, 0, latents, latents);
        if (noiseType == DType.BF16) {
            round();
        }
    }

    /** Goes on from {@code from}, in host memory. */
    void load(Tensor from) {
        try (var _ = workspace.scope()) {
            workspace.ops().convert(workspace.copyOf(from), latents);
        }
    }

    /** The generator's next numbers, drawn in the noise's type as torch would. */
    void draw(Tensor out) {
        try (Arena arena = Arena.ofConfined();
                var _ = workspace.scope()) {
            Tensor drawn = Tensor.zeros(arena, noiseType, out.shape().dims());
            random.accept(drawn);
            workspace.ops().convert(workspace.copyOf(drawn), out);
        }
    }

    /** What the model sees. */
    @SuppressWarnings("ReferenceEquality") // one tensor where both are the same numbers
    Tensor input() {
        if (rounded != null && input != latents) {
            workspace.ops().convert(latents, rounded);
            workspace.ops().convert(rounded, input);
        }
        return input;
    }

    /** Rounds the latents behind a step. */
    void round() {
        if (rounded != null) {
            workspace.ops().convert(latents, rounded);
            workspace.ops().convert(rounded, latents);
        }
    }
}

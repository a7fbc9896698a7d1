package org.svgen.pipeline;

import java.util.Arrays;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;

/** What every model demands of a request. */
public final class Requests {
    private Requests() {}

    /**
     * @param maxSteps the most steps that the scheduler can take
     * @throws BadInputException naming the option, what was expected and what was found
     */
    public static void check(Request r, boolean needsImage, int maxSteps) {
        require(r.steps() >= 1 && r.steps() <= maxSteps, "--steps", "1 to " + maxSteps, r.steps());
        require(r.fps() > 0 && r.fps() <= 1000, "--fps", "a number above 0", r.fps());
        require(
                r.guidance() >= 0 && Double.isFinite(r.guidance()),
                "--guidance",
                "a number of at least 0",
                r.guidance());
        AttentionSettings a = r.attention();
        require(
                a.density() > 0 && a.density() <= 1,
                "--density",
                "a number in (0, 1]",
                a.density());
        require(a.sampledRows() >= 1, "--sampled-rows", "at least 1", a.sampledRows());
        require(
                r.dtype() == DType.F32 || r.dtype() == DType.BF16,
                "--dtype",
                "f32 or bf16",
                r.dtype());
        if (needsImage && r.image() == null) {
            throw new BadInputException("--image is missing: this model starts from a picture");
        }
        if (!needsImage && r.image() != null) {
            throw new BadInputException("--image: this model starts from text alone");
        }
    }

    private static void require(boolean holds, String option, String expected, Object found) {
        if (!holds) {
            throw new BadInputException(
                    "%s: expected %s, found %s".formatted(option, expected, found));
        }
    }

    /** Given initial noise must be laid out as the model's latents. */
    public static void checkLatents(Tensor latents, long... dims) {
        if (!latents.dtype().isFloat() || !latents.shape().equals(Shape.of(dims))) {
            throw new BadInputException(
                    "--latents: expected f32 %s for this size and frame count, found %s"
                            .formatted(Arrays.toString(dims), latents));
        }
    }
}

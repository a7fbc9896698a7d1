package org.svgen.pipeline;

import java.util.Arrays;
import java.util.List;
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
    public static void check(Request r, int maxSteps) {
        require(r.steps() >= 1 && r.steps() <= maxSteps, "--steps", "1 to " + maxSteps, r.steps());
        require(r.fps() > 0 && r.fps() <= 1000, "--fps", "a number above 0", r.fps());
        require(
                r.guidance() >= 0 && r.guidance() <= 1000,
                "--guidance",
                "a number from 0 to 1000",
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
        require(
                List.of(DType.F32, DType.F16, DType.BF16).contains(r.llamaRotary()),
                "--llama-rotary",
                "f32, f16 or bf16",
                r.llamaRotary());
    }

    /**
     * @throws BadInputException if there is no image where one is needed, or one where none is
     */
    public static void checkImage(Request r, boolean needsImage) {
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

    /**
     * @throws BadInputException naming the nearest multiples
     */
    public static void requireMultiple(String option, int value, int multiple) {
        if (value >= multiple && value % multiple == 0) {
            return;
        }
        int down = Math.max(1, Math.floorDiv(value, multiple)) * multiple;
        throw new BadInputException(
                "%s %d: expected a multiple of %d; %s"
                        .formatted(option, value, multiple, nearest(down, multiple)));
    }

    /**
     * @param period frames that belong together behind the first one
     * @throws BadInputException naming the nearest counts
     */
    public static void requireFrames(int frames, int period) {
        if (frames < 1 || (frames - 1) % period != 0) {
            int down = Math.max(0, Math.floorDiv(frames - 1, period)) * period + 1;
            throw new BadInputException(
                    "--frames %d: this model makes 1 + a multiple of %d frames; %s"
                            .formatted(frames, period, nearest(down, period)));
        }
    }

    private static String nearest(int down, int step) {
        return down > Integer.MAX_VALUE - step
                ? "the nearest is " + down
                : "the nearest are %d and %d".formatted(down, down + step);
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

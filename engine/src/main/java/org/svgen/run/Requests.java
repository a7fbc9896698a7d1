package org.svgen.run;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Fields;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Rules;
import org.svgen.pipeline.TooLargeException;
import org.svgen.setting.Setting;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;
import org.svgen.tensor.Message;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;

/** What every model demands of a request. */
public final class Requests {
    private static final OperatingSystemMXBean HOST =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

    private Requests() {}

    /**
     * Checks what a request cannot check of itself, because models differ.
     *
     * @param r the request
     * @param maxSteps the most steps that the scheduler can take
     * @param settings that the model's family has
     * @throws BadInputException naming the field, what was expected and what was found
     * @throws TooLargeException if the host cannot hold the frames, before anything of their size
     *     is counted or made
     */
    public static void check(Request r, int maxSteps, List<Setting<?>> settings) {
        if (r.steps() > maxSteps) {
            throw BadInputException.of(Rules.STEPS.field(), "1 to " + maxSteps, r.steps());
        }
        settings.forEach(r::get);
        requireHost(r);
    }

    private static void requireHost(Request r) {
        long has = HOST.getTotalMemorySize();
        long takes = Clip.bytes(r);
        if (takes > has) {
            throw new TooLargeException(
                    Message.of(
                            "%d frames of %dx%d take %s of the host's memory by themselves, it has"
                                    + " %s",
                            r.frames(),
                            r.width(),
                            r.height(),
                            Planner.size(takes),
                            Planner.size(has)),
                    null);
        }
    }

    /**
     * @throws BadInputException if a picture has values that are NaN or infinite
     */
    static void requireFinitePictures(Request r) {
        requireFinite(Fields.IMAGE, r.image());
        requireFinite(Fields.LAST_IMAGE, r.lastImage());
    }

    private static void requireFinite(Field field, @Nullable Tensor picture) {
        long bad = picture == null ? 0 : Numbers.of(picture).bad();
        if (bad > 0) {
            throw BadInputException.of(
                    field,
                    "finite numbers",
                    bad,
                    Message.of(
                            "%s: expected finite numbers, found %d that are NaN or infinite",
                            field, bad));
        }
    }

    /**
     * Ends where a size is no multiple of what the model needs.
     *
     * @param field of the request
     * @param value of the field, at least 1
     * @param multiple what it must be a multiple of
     * @throws BadInputException naming the nearest multiples
     */
    public static void requireMultiple(Field field, int value, int multiple) {
        if (value % multiple == 0) {
            return;
        }
        int down = Math.max(1, value / multiple) * multiple;
        String expected = "a multiple of " + multiple;
        throw BadInputException.of(
                field,
                expected,
                value,
                Message.of(
                        "%s %d: expected %s; %s", field, value, expected, nearest(down, multiple)));
    }

    /**
     * Ends where the size or the number of frames is none that the model makes.
     *
     * @param r the request
     * @param multiple of width and height
     * @param period frames that belong together behind the first one
     * @throws BadInputException naming the nearest that it makes
     */
    public static void requireSize(Request r, int multiple, int period) {
        requireMultiple(Rules.WIDTH.field(), r.width(), multiple);
        requireMultiple(Rules.HEIGHT.field(), r.height(), multiple);
        requireFrames(r.frames(), period);
    }

    /**
     * Ends where the model cannot make that many frames.
     *
     * @param frames number of frames, at least 1
     * @param period frames that belong together behind the first one
     * @throws BadInputException naming the nearest counts
     */
    public static void requireFrames(int frames, int period) {
        if ((frames - 1) % period != 0) {
            int down = (frames - 1) / period * period + 1;
            throw BadInputException.of(
                    Rules.FRAMES.field(),
                    "1 + a multiple of " + period,
                    frames,
                    Message.of(
                            "%s %d: this model makes 1 + a multiple of %d frames; %s",
                            Rules.FRAMES.field(), frames, period, nearest(down, period)));
        }
    }

    private static String nearest(int down, int step) {
        return down > Integer.MAX_VALUE - step
                ? "the nearest is " + down
                : "the nearest are %d and %d".formatted(down, down + step);
    }

    /**
     * Given initial noise must be laid out as the model's latents.
     *
     * @param latents the initial noise
     * @param dims of the model's latents
     */
    public static void checkLatents(Tensor latents, long... dims) {
        if (!latents.dtype().isFloat() || !latents.shape().equals(Shape.of(dims))) {
            throw BadInputException.of(
                    Fields.LATENTS,
                    "f32 %s for this size and frame count".formatted(Arrays.toString(dims)),
                    latents);
        }
    }
}

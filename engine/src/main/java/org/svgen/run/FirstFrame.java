package org.svgen.run;

import java.lang.foreign.Arena;
import org.svgen.pipeline.StepListener;
import org.svgen.tensor.Tensor;
import org.svgen.vision.ByteResize;
import org.svgen.vision.ByteResize.Weights;
import org.svgen.vision.Kernel;
import org.svgen.vision.Lanczos;

/** The input picture at the video's size. */
public final class FirstFrame {
    /** Sizes are multiples of 8 or 16 pixels, so that some stretching is common and unseen. */
    private static final double UNSEEN = 0.01;

    private FirstFrame() {}

    /**
     * Gives the picture stretched to the video's size, as diffusers does.
     *
     * @param image host F32 [H, W, 3] in 0..1
     * @param width of the video
     * @param height of the video
     * @param arena owns the result
     * @param listener told if the picture has another shape, by more than 1 %
     * @return host F32 [height, width, 3] in 0..1, owned by {@code arena}
     */
    public static Tensor of(
            Tensor image, int width, int height, Arena arena, StepListener listener) {
        tell(image, width, height, listener);
        return Lanczos.resize(arena, image, height, width);
    }

    /**
     * As above, in 8 bits a colour, as diffusers' video processor does with the picture of a file:
     * bit by bit what Pillow gives.
     *
     * @param image host F32 [H, W, 3] in 0..1
     * @param width of the video
     * @param height of the video
     * @param arena owns the result
     * @param listener told if the picture has another shape, by more than 1 %
     * @return host F32 [height, width, 3], multiples of 1/255 in 0..1, owned by {@code arena}
     */
    public static Tensor inBytes(
            Tensor image, int width, int height, Arena arena, StepListener listener) {
        tell(image, width, height, listener);
        return new ByteResize(Kernel.LANCZOS, Weights.PILLOW).resize(arena, image, height, width);
    }

    private static void tell(Tensor image, int width, int height, StepListener listener) {
        int w = image.size(1);
        int h = image.size(0);
        double stretch = (double) width * h / ((double) height * w);
        if (Math.max(stretch, 1 / stretch) > 1 + UNSEEN) {
            listener.note(
                    "the image, %d x %d, is stretched to the video's %d x %d: crop it to that shape to keep its proportions"
                            .formatted(w, h, width, height));
        }
    }
}

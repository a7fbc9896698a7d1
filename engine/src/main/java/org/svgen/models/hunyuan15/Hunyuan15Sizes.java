package org.svgen.models.hunyuan15;

import org.svgen.pipeline.VideoSize;

/** The sizes that the model was trained for (diffusers: {@code generate_crop_size_list}). */
final class Hunyuan15Sizes {
    private static final double LONGEST = 4; // one side of the other
    private static final double LANDSCAPE = 9.0 / 16;
    private static final int FRAMES = 121;
    private static final int FPS = 24;

    private Hunyuan15Sizes() {}

    /**
     * {@return the size whose shape is closest to 16 to 9, of those that are no flatter}
     *
     * @param target side of a square that is as large, in pixels
     * @param patch pixels of a latent, each way
     */
    static VideoSize landscape(int target, int patch) {
        double side = (double) target / patch;
        int most = (int) Math.max(1, Math.rint(side * side));
        int columns = most;
        int rows = 1;
        int bestColumns = 1;
        int bestRows = 1;
        double best = Double.POSITIVE_INFINITY;
        while (columns > 0) {
            double shape = (double) rows / columns;
            boolean usual = Math.max(shape, 1 / shape) <= LONGEST;
            if (usual && shape >= LANDSCAPE && shape - LANDSCAPE < best) {
                best = shape - LANDSCAPE;
                bestColumns = columns;
                bestRows = rows;
            }
            if ((rows + 1) * columns <= most) {
                rows++;
            } else {
                columns--;
            }
        }
        return new VideoSize(bestColumns * patch, bestRows * patch, FRAMES, FPS);
    }
}

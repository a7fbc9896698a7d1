package org.svgen.media;

import java.util.Arrays;

/** A picture on a larger canvas, which is black around it. */
record OnCanvas(Pixels picture, int width, int height, int left, int top) implements Pixels {
    /**
     * @throws UnreadablePictureException if the picture lies partly outside
     */
    static OnCanvas of(Pixels picture, int width, int height, int left, int top)
            throws UnreadablePictureException {
        if (left + picture.width() > width || top + picture.height() > height) {
            throw new UnreadablePictureException("its frame does not fit on its canvas");
        }
        return new OnCanvas(picture, width, height, left, top);
    }

    @Override
    public void row(int y, float[] rgb) {
        Arrays.fill(rgb, 0);
        if (y >= top && y < top + picture.height()) {
            float[] inside = new float[3 * picture.width()];
            picture.row(y - top, inside);
            System.arraycopy(inside, 0, rgb, 3 * left, inside.length);
        }
    }
}

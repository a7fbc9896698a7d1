package org.svgen.vision;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;
import org.svgen.tensor.Tensor;

/** Goes through the rows of a picture, some of them on the heap at a time, by several threads. */
final class PictureRows {
    /** A photo of 100 megapixels takes 1.3 GB. */
    private static final int ROWS = 64;

    private PictureRows() {}

    /** Takes a row. */
    @FunctionalInterface
    interface Sink {
        /**
         * @param y which row
         * @param block holds it
         * @param from where it begins in {@code block}
         */
        void row(int y, float[] block, int from);
    }

    /**
     * @param image host F32 [H, W, 3]
     */
    static void forEach(Tensor image, Sink sink) {
        int height = image.size(0);
        int width = 3 * image.size(1);
        float[] block = new float[Math.multiplyExact(ROWS, width)];
        for (int y0 = 0; y0 < height; y0 += ROWS) {
            int rows = Math.min(ROWS, height - y0);
            // By this thread: the picture's memory may be open to no other.
            MemorySegment.copy(
                    image.host(),
                    ValueLayout.JAVA_FLOAT_UNALIGNED,
                    (long) Float.BYTES * y0 * width,
                    block,
                    0,
                    rows * width);
            int first = y0;
            IntStream.range(0, rows).parallel().forEach(y -> sink.row(first + y, block, y * width));
        }
    }
}

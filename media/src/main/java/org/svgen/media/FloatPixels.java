package org.svgen.media;

import java.awt.image.Raster;

/** Floating-point samples from 0, black, to 1, white: one of grey, or red green blue. */
record FloatPixels(Raster raster) implements Pixels {
    /**
     * @throws UnreadablePictureException if a sample lies elsewhere
     */
    static FloatPixels of(Raster raster) throws UnreadablePictureException {
        float[] row = null;
        for (int y = 0; y < raster.getHeight(); y++) {
            row = raster.getPixels(0, y, raster.getWidth(), 1, row);
            for (float v : row) {
                if (!(v >= 0 && v <= 1)) {
                    throw new UnreadablePictureException(
                            "expected floating-point samples from 0 to 1, found "
                                    + v
                                    + ": save it with 8 or 16 bits");
                }
            }
        }
        return new FloatPixels(raster);
    }

    @Override
    public int width() {
        return raster.getWidth();
    }

    @Override
    public int height() {
        return raster.getHeight();
    }

    @Override
    public void row(int y, float[] rgb) {
        float[] samples = raster.getPixels(0, y, width(), 1, (float[]) null);
        int bands = raster.getNumBands();
        for (int x = 0; x < width(); x++) {
            for (int c = 0; c < 3; c++) {
                rgb[3 * x + c] = samples[x * bands + (bands < 3 ? 0 : c)];
            }
        }
    }
}

package org.svgen.media;

import java.awt.image.Raster;
import java.util.stream.IntStream;

/**
 * Samples as they are stored, without a profile; what lies behind the colours, transparency most of
 * the time, is dropped.
 *
 * @param levels the value of each sample, by band
 * @param alpha the band that colours were multiplied with, -1 if they were not
 */
record SamplePixels(Raster raster, Kind kind, float[][] levels, int alpha) implements Pixels {
    enum Kind {
        GREY(1),
        RGB(3),
        CMYK(4);

        private final int bands;

        Kind(int bands) {
            this.bands = bands;
        }
    }

    /**
     * @throws UnreadablePictureException if the samples are none of 1 to 16 bits of such a kind
     */
    static SamplePixels of(Raster raster, Kind kind, boolean multiplied)
            throws UnreadablePictureException {
        int[] bits = raster.getSampleModel().getSampleSize();
        if (bits.length < kind.bands || IntStream.of(bits).anyMatch(b -> b > 16)) {
            throw new UnreadablePictureException(
                    "expected samples of at most 16 bits, %d a pixel, found bits %s"
                            .formatted(kind.bands, IntStream.of(bits).boxed().toList()));
        }
        float[][] levels = new float[bits.length][];
        for (int b = 0; b < bits.length; b++) {
            levels[b] = b > 0 && bits[b] == bits[b - 1] ? levels[b - 1] : Levels.of(bits[b]);
        }
        boolean undo = multiplied && bits.length > kind.bands;
        return new SamplePixels(raster, kind, levels, undo ? kind.bands : -1);
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
        int[] samples = raster.getPixels(0, y, width(), 1, (int[]) null);
        for (int x = 0, at = 0; x < width(); x++, at += levels.length) {
            switch (kind) {
                case GREY -> {
                    rgb[3 * x] = levels[0][samples[at]];
                    rgb[3 * x + 1] = rgb[3 * x];
                    rgb[3 * x + 2] = rgb[3 * x];
                }
                case RGB -> {
                    rgb[3 * x] = levels[0][samples[at]];
                    rgb[3 * x + 1] = levels[1][samples[at + 1]];
                    rgb[3 * x + 2] = levels[2][samples[at + 2]];
                }
                case CMYK -> {
                    int light = 255 - level(3, samples[at + 3]);
                    for (int c = 0; c < 3; c++) {
                        rgb[3 * x + c] = Ink.light(level(c, samples[at + c]), light);
                    }
                }
            }
            if (alpha >= 0) {
                divide(rgb, 3 * x, levels[alpha][samples[at + alpha]]);
            }
        }
    }

    /** A sample of ink as 0..255, cut as in Pillow. */
    private int level(int band, int sample) {
        return (int) (sample * 256L / levels[band].length);
    }

    private static void divide(float[] rgb, int at, float alpha) {
        for (int c = 0; c < 3; c++) {
            rgb[at + c] = alpha == 0 ? 0 : Math.min(1, rgb[at + c] / alpha);
        }
    }
}

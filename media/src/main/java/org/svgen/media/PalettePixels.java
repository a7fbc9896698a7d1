package org.svgen.media;

import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * Indices into a table of colours.
 *
 * @param colours red green blue of each; what lies behind the table is black, as in Pillow
 */
record PalettePixels(Raster raster, float[] colours) implements Pixels {
    static PalettePixels of(Raster raster, IndexColorModel model) {
        float[] colours = new float[3 * model.getMapSize()];
        for (int i = 0; i < model.getMapSize(); i++) {
            colours[3 * i] = Levels.of((byte) model.getRed(i));
            colours[3 * i + 1] = Levels.of((byte) model.getGreen(i));
            colours[3 * i + 2] = Levels.of((byte) model.getBlue(i));
        }
        return new PalettePixels(raster, colours);
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
        int[] indices = raster.getSamples(0, y, width(), 1, 0, (int[]) null);
        for (int x = 0; x < indices.length; x++) {
            int at = 3 * indices[x];
            boolean known = at < colours.length;
            for (int c = 0; c < 3; c++) {
                rgb[3 * x + c] = known ? colours[at + c] : 0;
            }
        }
    }
}

package org.svgen.media;

import java.awt.image.Raster;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The first frame of a GIF on its canvas. Around the frame is what is seen through; without that,
 * the first colour: so does Pillow, while browsers show nothing there.
 *
 * @param frame indices
 */
record GifPixels(GifHeader header, Raster frame, float[] colours) implements Pixels {
    static GifPixels of(GifHeader header, Raster frame) {
        float[] colours = new float[3 * 256];
        boolean grey = header.colours().byteSize() == 0;
        for (int i = 0; i < colours.length; i++) {
            if (grey) {
                colours[i] = Levels.of((byte) (i / 3));
            } else if (i < header.colours().byteSize()) {
                colours[i] = Levels.of(header.colours().get(ValueLayout.JAVA_BYTE, i));
            }
        }
        return new GifPixels(header, frame, colours);
    }

    @Override
    public int width() {
        return header.width();
    }

    @Override
    public int height() {
        return header.height();
    }

    @Override
    public void row(int y, float[] rgb) {
        int[] indices = new int[width()];
        Arrays.fill(indices, header.transparent());
        int line = y - header.top();
        if (line >= 0 && line < frame.getHeight()) {
            int[] inside = frame.getSamples(0, line, frame.getWidth(), 1, 0, (int[]) null);
            System.arraycopy(inside, 0, indices, header.left(), inside.length);
        }
        for (int x = 0; x < indices.length; x++) {
            System.arraycopy(colours, 3 * indices[x], rgb, 3 * x, 3);
        }
    }
}

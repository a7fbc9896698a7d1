package org.svgen.media;

import java.awt.image.DataBufferByte;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.util.List;

/**
 * A JPEG from the components that the JDK's decoder gives. That is libjpeg: its cosine transform
 * and its smooth enlargement of chroma are Pillow's, bit by bit. What components mean is decided
 * here, since the JDK guesses otherwise, and applies profiles.
 */
record JpegPixels(int width, int height, int bands, byte[] samples, JpegColours colours)
        implements Pixels {
    /**
     * @throws UnreadablePictureException if these are no components of a picture
     */
    static JpegPixels of(Raster raster, JpegHeader header) throws UnreadablePictureException {
        if (!(raster.getSampleModel() instanceof PixelInterleavedSampleModel)
                || !(raster.getDataBuffer() instanceof DataBufferByte data)) {
            throw new UnreadablePictureException("expected components of 8 bits");
        }
        int bands = raster.getNumBands();
        var pixels =
                new JpegPixels(
                        raster.getWidth(),
                        raster.getHeight(),
                        bands,
                        data.getData(),
                        JpegColours.of(header, bands));
        List<JpegHeader.Component> components = header.components();
        int across = components.stream().mapToInt(JpegHeader.Component::across).max().orElse(1);
        int down = components.stream().mapToInt(JpegHeader.Component::down).max().orElse(1);
        for (int c = 0; c < Math.min(bands, components.size()); c++) {
            if (components.get(c).across() == across && components.get(c).down() * 2 == down) {
                pixels.smoothDown(c);
            }
        }
        return pixels;
    }

    /**
     * The JDK's libjpeg doubles the lines of a component that is halved in height alone (4:2:2,
     * turned by a quarter); newer ones blend them: three parts of the nearer line, one of the next
     * (jdsample.c: {@code h1v2_fancy_upsample}).
     */
    private void smoothDown(int component) {
        int lines = (height + 1) / 2;
        byte[] above = line(0, component);
        byte[] here = above.clone();
        for (int k = 0; k < lines; k++) {
            byte[] below = line(Math.min(k + 1, lines - 1), component);
            blend(here, above, 1, 2 * k, component);
            if (2 * k + 1 < height) {
                blend(here, below, 2, 2 * k + 1, component);
            }
            above = here;
            here = below;
        }
    }

    /** One component of the line that the lines 2k and 2k + 1 were doubled from. */
    private byte[] line(int k, int component) {
        byte[] line = new byte[width];
        int at = 2 * k * width * bands + component;
        for (int x = 0; x < width; x++, at += bands) {
            line[x] = samples[at];
        }
        return line;
    }

    private void blend(byte[] near, byte[] far, int rounding, int y, int component) {
        int at = y * width * bands + component;
        for (int x = 0; x < width; x++, at += bands) {
            samples[at] = (byte) (3 * (near[x] & 0xff) + (far[x] & 0xff) + rounding >> 2);
        }
    }

    @Override
    public void row(int y, float[] rgb) {
        byte[] line = new byte[width * bands];
        System.arraycopy(samples, y * line.length, line, 0, line.length);
        colours.convert(line, width, rgb);
    }
}

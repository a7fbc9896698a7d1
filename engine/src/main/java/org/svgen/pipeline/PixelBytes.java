package org.svgen.pipeline;

import java.awt.image.BufferedImage;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.svgen.tensor.Tensor;

/** From float pixels to bytes. */
final class PixelBytes {
    private PixelBytes() {}

    /**
     * Rounds pixels to bytes.
     *
     * @param pixels host F32 of 0..1; what lies outside is clamped
     */
    static byte[] bytes(Tensor pixels) {
        MemorySegment s = pixels.host();
        byte[] out = new byte[Math.toIntExact(pixels.elements())];
        for (int i = 0; i < out.length; i++) {
            float v = s.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i);
            out[i] = (byte) Math.round(Math.clamp(v, 0f, 1f) * 255f);
        }
        return out;
    }

    /**
     * @param rgb red green blue red ..., height * width * 3
     */
    static BufferedImage image(byte[] rgb, int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int[] pixels = new int[width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int at = (y * width + x) * 3;
                pixels[x] =
                        (rgb[at] & 0xff) << 16 | (rgb[at + 1] & 0xff) << 8 | (rgb[at + 2] & 0xff);
            }
            image.setRGB(0, y, width, 1, pixels, 0, width);
        }
        return image;
    }
}

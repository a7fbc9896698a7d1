package org.svgen.media;

import java.awt.image.BufferedImage;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.svgen.tensor.Tensor;

/** Between float frames and bytes. */
final class Rgb {
    private Rgb() {}

    /**
     * Rounds a frame to bytes.
     *
     * @param frame host F32 [height, width, 3] in 0..1; what lies outside is clamped
     * @return red green blue red ..., height * width * 3
     */
    static byte[] bytes(Tensor frame) {
        MemorySegment s = frame.host();
        byte[] out = new byte[Math.toIntExact(frame.elements())];
        for (int i = 0; i < out.length; i++) {
            float v = s.get(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i);
            out[i] = (byte) Math.round(Math.clamp(v, 0f, 1f) * 255f);
        }
        return out;
    }

    /** The reverse of {@link #bytes}: fills a host F32 tensor with {@code rgb} / 255. */
    static void fill(Tensor frame, byte[] rgb) {
        MemorySegment s = frame.host();
        for (int i = 0; i < rgb.length; i++) {
            s.set(ValueLayout.JAVA_FLOAT_UNALIGNED, 4L * i, (rgb[i] & 0xff) / 255f);
        }
    }

    /** A frame as Java's image. */
    static BufferedImage image(Tensor frame) {
        int height = frame.size(0);
        int width = frame.size(1);
        byte[] rgb = bytes(frame);
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

package org.svgen.server.work;

import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import javax.imageio.ImageIO;
import org.svgen.tensor.Tensor;

/**
 * From latents to a small picture, without the decoder.
 *
 * @param channelsFirst how the latents lie in memory
 * @param weights [3, channels + 1]: what each channel, and in the end 1, gives to each colour
 */
record Colours(boolean channelsFirst, float[][] weights) {
    private static final int LEAST_WIDTH = 160; // pixels
    private static final int FULL = 255;

    /** True if it is made for such latents. */
    boolean fits(Tensor latents) {
        return LatentShape.like(latents, channelsFirst).channels() == weights[0].length - 1;
    }

    /**
     * The middle of the video as a PNG.
     *
     * @param clean host F32: the estimate of the clean latents
     */
    byte[] png(Tensor clean) {
        LatentShape shape = LatentShape.like(clean, channelsFirst);
        BufferedImage small =
                new BufferedImage(shape.width(), shape.height(), BufferedImage.TYPE_INT_RGB);
        MemorySegment values = clean.host();
        int frame = shape.frames() / 2;
        for (int y = 0; y < shape.height(); y++) {
            for (int x = 0; x < shape.width(); x++) {
                int rgb = 0;
                for (float[] weight : weights) {
                    float sum = weight[shape.channels()];
                    for (int c = 0; c < shape.channels(); c++) {
                        sum +=
                                weight[c]
                                        * values.getAtIndex(
                                                ValueLayout.JAVA_FLOAT, shape.at(frame, c, y, x));
                    }
                    rgb = rgb << 8 | Math.round(FULL * Math.clamp(sum, 0f, 1f));
                }
                small.setRGB(x, y, rgb);
            }
        }
        return bytes(enlarged(small));
    }

    private static BufferedImage enlarged(BufferedImage small) {
        int scale = Math.max(1, Math.ceilDiv(LEAST_WIDTH, small.getWidth()));
        BufferedImage large =
                new BufferedImage(
                        scale * small.getWidth(),
                        scale * small.getHeight(),
                        BufferedImage.TYPE_INT_RGB);
        Graphics2D canvas = large.createGraphics();
        canvas.setRenderingHint(
                RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
        canvas.drawImage(small, 0, 0, large.getWidth(), large.getHeight(), null);
        canvas.dispose();
        return large;
    }

    private static byte[] bytes(BufferedImage picture) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(picture, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory takes all
        }
        return out.toByteArray();
    }
}

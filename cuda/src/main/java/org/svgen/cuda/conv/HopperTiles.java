package org.svgen.cuda.conv;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.cuda.ffi.TensorMap;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.tensor.Tensor;

/** Launches the kernels of conv_sm90.cu. */
final class HopperTiles {
    static final String SOURCE = "conv_sm90";

    /** Channels that are multiplied at a time, of a tap. */
    static final int STEP = 64;

    /** Channels that may be left of a tap. */
    static final int HALF_STEP = 32;

    private static final int THREADS = 384;

    /** Pixels of a box that is stored. */
    private static final int STORED = 16;

    private static final int LEAST_WIDTH = 8;
    private static final int MOST_WIDTH = 128;

    /**
     * A kernel's tiles.
     *
     * @param pixels of a tile
     * @param channels of a tile
     * @param cluster blocks that share what they read of the weights
     */
    private record Tiles(String name, int pixels, int channels, int cluster) {
        /** Channels of as many tiles as cover {@code n}. */
        int covering(int n) {
            return Math.ceilDiv(n, channels) * channels;
        }

        /** Rectangles of pixels, {@code width} wide, that cover a frame. */
        int ofFrame(int height, int frameWidth, int width) {
            return Math.ceilDiv(frameWidth, width) * Math.ceilDiv(height, pixels / width);
        }
    }

    private static final Tiles WIDE = new Tiles("conv_wide", 128, 256, 2);
    private static final Tiles TALL = new Tiles("conv_tall", 256, 128, 2);
    private static final Tiles OF_96 = new Tiles("conv_96", 256, 96, 2);
    private static final Tiles OF_192 = new Tiles("conv_192", 256, 192, 2);
    private static final Tiles SMALL = new Tiles("conv_small", 128, 128, 1);

    private final Gpu gpu;

    HopperTiles(Gpu gpu) {
        this.gpu = gpu;
    }

    /**
     * Convolves with strides of 1.
     *
     * @param weight where the weights lie, [Co, kt, kh, kw, Ci]
     * @param taps kt, kh and kw
     * @param top zeros above, which the first taps see; negative if these begin below
     * @param left as {@code top}
     */
    void launch(
            Tensor x,
            long weight,
            int[] taps,
            @Nullable Tensor bias,
            int top,
            int left,
            boolean add,
            Frames out) {
        int frames = out.frames();
        int n = out.channels();
        int columns = taps[0] * taps[1] * taps[2] * x.size(3);
        int multiprocessors = gpu.device().multiprocessors();
        Tiles tiles = tiles(x.size(3), out, multiprocessors);
        int width = width(tiles, out);
        int number = number(tiles, out);
        int storedWidth = Math.min(width, STORED);
        long clusters =
                Math.ceilDiv((long) number * frames, tiles.cluster)
                        * Math.ceilDiv(n, tiles.channels);
        gpu.kernel(SOURCE, tiles.name + (add ? "_add" : ""), HopperConv.SHARED_BYTES)
                .struct()
                .map(Frames.of(x).map(STEP, width, tiles.pixels / width))
                .map(weights(weight, n, columns, tiles.channels / tiles.cluster))
                .map(out.map(STEP, storedWidth, STORED / storedWidth))
                .elements(bias)
                .i32(x.size(3))
                .i32(n)
                .i32(frames)
                .i32(Math.ceilDiv(out.width(), width))
                .i32(number)
                .i32(width)
                .i32(taps[0])
                .i32(taps[1])
                .i32(taps[2])
                .i32(top)
                .i32(left)
                .end()
                .start(
                        Math.min(clusters, multiprocessors / tiles.cluster) * tiles.cluster,
                        1,
                        1,
                        THREADS);
    }

    /** The largest tiles that are not too few, and of which the least lies beyond the channels. */
    private static Tiles tiles(int inChannels, Frames out, int multiprocessors) {
        int n = out.channels();
        boolean wholeSteps = inChannels % STEP == 0; // the others take no halves
        if (!wholeSteps || n % STEP != 0) {
            return n <= OF_96.channels ? OF_96 : OF_192;
        }
        Tiles tiles =
                n <= TALL.channels ? TALL : OF_192.covering(n) < WIDE.covering(n) ? OF_192 : WIDE;
        boolean few =
                number(tiles, out) * out.frames() * Math.ceilDiv(n, tiles.channels)
                        < multiprocessors;
        return few ? SMALL : tiles;
    }

    private static int number(Tiles tiles, Frames out) {
        return tiles.ofFrame(out.height(), out.width(), width(tiles, out));
    }

    /** The width of tiles of which the fewest cover a frame, the least wide of them. */
    private static int width(Tiles tiles, Frames out) {
        int best = STORED;
        for (int width = LEAST_WIDTH; width <= MOST_WIDTH; width *= 2) {
            if (tiles.ofFrame(out.height(), out.width(), width)
                    < tiles.ofFrame(out.height(), out.width(), best)) {
                best = width;
            }
        }
        return best;
    }

    private static TensorMap weights(long address, int rows, int columns, int boxRows) {
        return new TensorMap(
                TensorMap.Type.BF16,
                address,
                List.of((long) columns, (long) rows),
                List.of((long) columns * Short.BYTES),
                List.of(STEP, boxRows),
                TensorMap.Swizzle.BYTES_128);
    }
}

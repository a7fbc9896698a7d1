package org.svgen.cuda.conv;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.cuda.ffi.TensorMap;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Launcher;
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
     * @param cost of a product, 1 for the tiles that are best at it
     */
    private record Tiles(String name, int pixels, int channels, double cost) {
        /** Rectangles of pixels, {@code width} wide, that cover a frame. */
        int ofFrame(int height, int frameWidth, int width) {
            return Math.ceilDiv(frameWidth, width) * Math.ceilDiv(height, pixels / width);
        }

        /** The width of rectangles of which the fewest cover a frame, the least wide of them. */
        int width(Frames out) {
            int best = STORED;
            for (int width = LEAST_WIDTH; width <= MOST_WIDTH; width *= 2) {
                if (ofFrame(out.height(), out.width(), width)
                        < ofFrame(out.height(), out.width(), best)) {
                    best = width;
                }
            }
            return best;
        }

        int ofFrame(Frames out) {
            return ofFrame(out.height(), out.width(), width(out));
        }

        long clusters(Frames out) {
            return Math.ceilDiv((long) ofFrame(out) * out.frames(), CLUSTER)
                    * Math.ceilDiv(out.channels(), channels);
        }

        /** Products that a multiprocessor computes one after the other. */
        double time(Frames out, int multiprocessors) {
            long rounds = Math.ceilDiv(clusters(out), multiprocessors / CLUSTER);
            return rounds * pixels * channels * cost;
        }
    }

    /** Blocks that share what they read of the weights. */
    private static final int CLUSTER = 2;

    private static final Tiles OF_96 = new Tiles("conv_96", 256, 96, 1);
    private static final Tiles OF_192 = new Tiles("conv_192", 256, 192, 1);

    /** Of whole steps, what is taken first where several are as good. Costs as measured. */
    private static final List<Tiles> ALL =
            List.of(
                    new Tiles("conv_wide", 128, 256, 1),
                    new Tiles("conv_tall", 256, 128, 1),
                    OF_192,
                    new Tiles("conv_mid", 128, 192, 1.08),
                    new Tiles("conv_small", 128, 128, 1.16));

    private final Gpu gpu;

    HopperTiles(Gpu gpu) {
        this.gpu = gpu;
    }

    /**
     * Convolves with strides of 1.
     *
     * @param past frames before those of {@code x}, the first of which repeats; none where {@code
     *     x} has them
     * @param weight where the weights lie, [Co, kt, kh, kw, Ci]
     * @param taps kt, kh and kw
     * @param top zeros above, which the first taps see; negative if these begin below
     * @param left as {@code top}
     */
    void launch(
            Tensor x,
            @Nullable Tensor past,
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
        int width = tiles.width(out);
        int storedWidth = Math.min(width, STORED);
        Launcher launch =
                gpu.kernel(SOURCE, tiles.name + (add ? "_add" : ""), HopperConv.SHARED_BYTES)
                        .struct()
                        .map(Frames.of(x).map(STEP, width, tiles.pixels / width));
        if (past == null) {
            launch.repeatMaps(1);
        } else {
            launch.map(Frames.of(past).map(STEP, width, tiles.pixels / width));
        }
        launch.map(weights(weight, n, columns, tiles.channels / CLUSTER))
                .map(out.map(STEP, storedWidth, STORED / storedWidth))
                .elements(bias)
                .i32(x.size(3))
                .i32(n)
                .i32(frames)
                .i32(Math.ceilDiv(out.width(), width))
                .i32(tiles.ofFrame(out))
                .i32(width)
                .i32(taps[0])
                .i32(taps[1])
                .i32(taps[2])
                .i32(top)
                .i32(left)
                .i32(past == null ? 0 : taps[0] - 1)
                .i32(past == null ? 0 : past.size(0))
                .end()
                .start(
                        Math.min(tiles.clusters(out), multiprocessors / CLUSTER) * CLUSTER,
                        1,
                        1,
                        THREADS);
    }

    /** The name of the kernel that convolves {@code out} from so many channels. */
    static String kernel(int inChannels, Frames out, int multiprocessors) {
        return tiles(inChannels, out, multiprocessors).name;
    }

    /** Products that a multiprocessor computes one after the other, of each tap and channel. */
    static double time(int inChannels, Frames out, int multiprocessors) {
        return tiles(inChannels, out, multiprocessors).time(out, multiprocessors);
    }

    /** The tiles that take the least time. */
    private static Tiles tiles(int inChannels, Frames out, int multiprocessors) {
        int n = out.channels();
        boolean wholeSteps = inChannels % STEP == 0; // the others take no halves
        if (!wholeSteps || n % STEP != 0) {
            return n <= OF_96.channels ? OF_96 : OF_192;
        }
        return ALL.stream()
                .min(Comparator.comparingDouble(t -> t.time(out, multiprocessors)))
                .orElseThrow();
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

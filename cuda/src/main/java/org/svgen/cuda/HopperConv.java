package org.svgen.cuda;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.cuda.Gpu.Scratch;
import org.svgen.cuda.ffi.TensorMap;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.tensor.op.Ops.ConvGeometry;

/** Convolutions of bf16 operands by the kernels of conv_sm90.cu, where the GPU can run them. */
final class HopperConv {
    private static final String SOURCE = "conv_sm90";
    private static final int STEP = 64; // channels that are multiplied at a time
    private static final int THREADS = 384;
    private static final int SHARED_BYTES = 231488; // conv_sm90.cu
    private static final int STORED = 16; // pixels of a box that is stored
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
        /** Rectangles of pixels, {@code width} wide, that cover a frame. */
        int ofFrame(int height, int frameWidth, int width) {
            return Math.ceilDiv(frameWidth, width) * Math.ceilDiv(height, pixels / width);
        }
    }

    private static final Tiles WIDE = new Tiles("conv_wide", 128, 256, 2);
    private static final Tiles TALL = new Tiles("conv_tall", 256, 128, 2);
    private static final Tiles SMALL = new Tiles("conv_small", 128, 128, 1);

    /**
     * Where output goes: frames of pixels that need not lie side by side.
     *
     * @param pixel bytes from a pixel to the next
     */
    record Target(
            long address,
            int frames,
            int height,
            int width,
            int channels,
            long pixel,
            long line,
            long frame) {
        static Target of(Tensor t) { // [T, H, W, C]
            long pixel = (long) t.size(3) * Short.BYTES;
            long line = pixel * t.size(2);
            return new Target(
                    DeviceStorage.address(t),
                    t.size(0),
                    t.size(1),
                    t.size(2),
                    t.size(3),
                    pixel,
                    line,
                    line * t.size(1));
        }
    }

    private final Gpu gpu;
    private final Shuffles shuffles;

    HopperConv(Gpu gpu, Shuffles shuffles) {
        this.gpu = gpu;
        this.shuffles = shuffles;
    }

    boolean takes(Tensor x, Tensor weight, ConvGeometry g, Tensor out) {
        return takes(x, weight, out) && g.strideTime() == 1 && g.strideSpace() == 1;
    }

    /** If strides are 1. */
    boolean takes(Tensor x, Tensor weight, Tensor out) {
        return gpu.kernels().architecture(SOURCE).isPresent()
                && out.elements() > 0
                && x.dtype() == DType.BF16
                && weight.dtype() == DType.BF16
                && out.dtype() == DType.BF16
                && x.size(3) % STEP == 0
                && out.size(3) % STEP == 0
                && Wide.rows(8, STEP, x, out);
    }

    /**
     * @param weight where the weights lie, [Co, kt, kh, kw, Ci]
     * @param taps kt, kh and kw
     */
    void convolve(
            Tensor x,
            long weight,
            int[] taps,
            @Nullable Tensor bias,
            ConvGeometry g,
            boolean add,
            Tensor out) {
        Target to = Target.of(out);
        if (g.border() == Border.ZEROS || g.top() + g.bottom() + g.left() + g.right() == 0) {
            launch(x, weight, taps, bias, g.top(), g.left(), add, to);
            return;
        }
        try (Padded padded = new Padded(x, 0, g)) {
            launch(padded.tensor, weight, taps, bias, 0, 0, add, to);
        }
    }

    /** Frames with a margin of copies, and copies of the first in front, for a while. */
    final class Padded implements AutoCloseable {
        private final Scratch scratch;
        final Tensor tensor;

        Padded(Tensor x, int front, ConvGeometry g) {
            Shape shape =
                    Shape.of(
                            (long) front + x.size(0),
                            (long) x.size(1) + g.top() + g.bottom(),
                            (long) x.size(2) + g.left() + g.right(),
                            x.size(3));
            long bytes = Tensor.bytes(DType.BF16, shape);
            scratch = gpu.scratch(bytes);
            tensor = new Tensor(DType.BF16, shape, new DeviceStorage(scratch.address(), bytes), 0);
            shuffles.repeatEdges(x, front, g.top(), g.left(), tensor);
        }

        @Override
        public void close() {
            scratch.close();
        }
    }

    /**
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
            Target out) {
        int frames = out.frames;
        int n = out.channels;
        int columns = taps[0] * taps[1] * taps[2] * x.size(3);
        int multiprocessors = gpu.device().multiprocessors();
        Tiles tiles = n > 128 ? WIDE : TALL;
        if (number(tiles, out) * frames * Math.ceilDiv(n, tiles.channels) < multiprocessors) {
            tiles = SMALL;
        }
        int width = width(tiles, out);
        int number = number(tiles, out);
        int storedWidth = Math.min(width, STORED);
        long clusters =
                Math.ceilDiv((long) number * frames, tiles.cluster)
                        * Math.ceilDiv(n, tiles.channels);
        gpu.kernel(SOURCE, tiles.name + (add ? "_add" : ""), SHARED_BYTES)
                .struct()
                .map(frames(Target.of(x), width, tiles.pixels / width))
                .map(weights(weight, n, columns, tiles.channels / tiles.cluster))
                .map(frames(out, storedWidth, STORED / storedWidth))
                .elements(bias)
                .i32(x.size(3))
                .i32(n)
                .i32(frames)
                .i32(Math.ceilDiv(out.width, width))
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

    private static int number(Tiles tiles, Target out) {
        return tiles.ofFrame(out.height, out.width, width(tiles, out));
    }

    /** The width of tiles of which the fewest cover a frame, the least wide of them. */
    private static int width(Tiles tiles, Target out) {
        int best = STORED;
        for (int width = LEAST_WIDTH; width <= MOST_WIDTH; width *= 2) {
            if (tiles.ofFrame(out.height, out.width, width)
                    < tiles.ofFrame(out.height, out.width, best)) {
                best = width;
            }
        }
        return best;
    }

    private static TensorMap frames(Target t, int width, int height) {
        return new TensorMap(
                TensorMap.Type.BF16,
                t.address,
                List.of((long) t.channels, (long) t.width, (long) t.height, (long) t.frames),
                List.of(t.pixel, t.line, t.frame),
                List.of(STEP, width, height, 1),
                TensorMap.Swizzle.BYTES_128);
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

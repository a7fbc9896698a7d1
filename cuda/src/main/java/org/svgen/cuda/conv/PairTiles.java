package org.svgen.cuda.conv;

import java.util.List;
import org.svgen.cuda.ffi.TensorMap;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Launcher;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Ops.ConvGeometry;

/** Launches the kernels of conv_pairs_sm90.cu. */
final class PairTiles {
    static final String SOURCE = "conv_pairs_sm90";

    /** Products of two frames, each over 3 x 3 pixels. */
    static final int PRODUCTS = 4;

    private static final int THREADS = 384;
    private static final int PIXELS = 128;
    private static final int CHANNELS = 128;
    private static final int CLUSTER = 2;
    private static final int TAPS = 9;

    /**
     * Of a product, with the sums before it: 1 is what the best tiles of {@link HopperTiles} take.
     */
    private static final double COST = 1.2;

    private final Gpu gpu;

    PairTiles(Gpu gpu) {
        this.gpu = gpu;
    }

    /** The width of rectangles of pixels: that of which fewer cover a frame. */
    private static int width(Frames out) {
        return ofFrame(out, 16) < ofFrame(out, 8) ? 16 : 8;
    }

    private static int ofFrame(Frames out, int width) {
        return Math.ceilDiv(out.width(), width) * Math.ceilDiv(out.height(), PIXELS / width);
    }

    /** Clusters' tiles of so many frames or pairs. */
    private static long clusters(Frames out, int frames) {
        return Math.ceilDiv((long) ofFrame(out, width(out)) * frames, CLUSTER)
                * Math.ceilDiv(out.channels(), CHANNELS);
    }

    /** True if that takes less time than a frame at a time, as far as is known. */
    boolean faster(int inChannels, Frames out, int pairs) {
        int multiprocessors = gpu.device().multiprocessors();
        long slots = multiprocessors / CLUSTER;
        double rounds = Math.ceilDiv(clusters(out, pairs), slots);
        if (out.frames() % 2 == 1 && 2 * pairs < out.frames()) {
            rounds += (double) Math.ceilDiv(clusters(out, 1), slots) / PRODUCTS;
        }
        double paired = rounds * PRODUCTS * TAPS * PIXELS * CHANNELS * COST;
        return paired < HopperTiles.time(inChannels, out, multiprocessors) * 3 * TAPS;
    }

    /**
     * Convolves.
     *
     * @param sums of frames, [4 pairs, H, W, C]
     * @param first the first frame, which that of {@code out} is made of if {@code singles} is 1
     * @param weights where their sums lie, [4, Co, 3, 3, Ci]
     * @param singles 1 if the first frame sees copies of itself alone
     */
    void launch(Convolution c, Tensor sums, Tensor first, long weights, int singles, Frames out) {
        int width = width(out);
        int channels = c.inChannels();
        int n = out.channels();
        int pairs = sums.size(0) / PRODUCTS;
        int lines = PIXELS / width + 2;
        ConvGeometry g = c.geometry();
        Launcher launch =
                gpu.kernel(
                                SOURCE,
                                c.add() ? "conv_pairs_add" : "conv_pairs",
                                HopperConv.SHARED_BYTES)
                        .struct()
                        .map(Frames.of(sums).map(HopperTiles.STEP, width, lines))
                        .map(Frames.of(first).map(HopperTiles.STEP, width, lines))
                        .map(weights(weights, n, channels))
                        .map(out.map(HopperTiles.STEP, width, 16 / width))
                        .elements(c.bias())
                        .i32(channels)
                        .i32(n)
                        .i32(pairs)
                        .i32(singles)
                        .i32(Math.ceilDiv(out.width(), width))
                        .i32(ofFrame(out, width))
                        .i32(width)
                        .i32(g.top())
                        .i32(g.left())
                        .end();
        long all = clusters(out, pairs) + (singles == 0 ? 0 : clusters(out, 1));
        long most = gpu.device().multiprocessors() / CLUSTER;
        launch.start(Math.min(all, most) * CLUSTER, 1, 1, THREADS);
    }

    private static TensorMap weights(long address, int n, int channels) {
        long columns = (long) TAPS * channels;
        return new TensorMap(
                TensorMap.Type.BF16,
                address,
                List.of(columns, (long) PRODUCTS * n),
                List.of(columns * Short.BYTES),
                List.of(HopperTiles.STEP, CHANNELS / CLUSTER),
                TensorMap.Swizzle.BYTES_128);
    }
}

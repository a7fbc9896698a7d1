package org.svgen.cuda.conv;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Gpu.Scratch;
import org.svgen.cuda.gpu.Kernel;
import org.svgen.cuda.gpu.Requirement;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;

/**
 * Convolutions in time and space by two frames at a time, which takes four products in place of six
 * (Winograd's F(2, 3)). What is multiplied are sums of frames and sums of weights, each rounded to
 * bf16.
 */
final class PairedConv implements Kernel<Convolution> {
    private static final int SIDE = 3;
    private static final int THREADS = 256;
    private static final int CHANNELS_OF_A_BLOCK = 64;
    private static final int ROWS_OF_A_BLOCK = 8;

    /** Elements that a thread reads at once. */
    private static final int EIGHT = 8;

    /** Bytes that sums of frames may take, which no plan knows of. */
    private static final long MOST_BYTES = 96L << 20;

    private final Gpu gpu;
    private final PairTiles tiles;
    private final List<Requirement<Convolution>> ofProducts;
    private final List<Requirement<Convolution>> requirements;

    PairedConv(Gpu gpu) {
        this.gpu = gpu;
        tiles = new PairTiles(gpu);
        ofProducts = requirementsOf(tiles);
        List<Requirement<Convolution>> all = new ArrayList<>(ofProducts);
        all.add(
                new Requirement<>(
                        "frames whose sums take at most 96 MiB", c -> pairBytes(c) <= MOST_BYTES));
        requirements = List.copyOf(all);
    }

    @Override
    public String name() {
        return "Hopper, two frames at a time";
    }

    @Override
    public Optional<String> missing() {
        return gpu.kernels().missing(PairTiles.SOURCE);
    }

    @Override
    public List<Requirement<Convolution>> requirements() {
        return requirements;
    }

    /** What the products ask of a call, whoever makes the sums. */
    List<Requirement<Convolution>> ofProducts() {
        return ofProducts;
    }

    /** Of the sums of a pair. */
    private static long pairBytes(Convolution c) {
        return PairTiles.PRODUCTS * c.x().bytes() / c.x().size(0);
    }

    private static List<Requirement<Convolution>> requirementsOf(PairTiles tiles) {
        List<Requirement<Convolution>> all = new ArrayList<>(HopperConv.REQUIREMENTS);
        all.add(new Requirement<>("kernels of 3 x 3 x 3", PairedConv::cubes));
        all.add(new Requirement<>("two frames at least", c -> c.out().size(0) > 1));
        all.add(new Requirement<>("multiples of 64 channels", PairedConv::wholeSteps));
        all.add(new Requirement<>("no border of copies", c -> HopperConv.unbordered(c.geometry())));
        all.add(
                new Requirement<>(
                        "sizes at which that is faster",
                        c -> tiles.faster(c.inChannels(), Frames.of(c.out()), pairs(c))));
        return List.copyOf(all);
    }

    private static boolean cubes(Convolution c) {
        Tensor w = c.weight();
        return w.size(2) == SIDE && w.size(3) == SIDE && w.size(4) == SIDE;
    }

    private static boolean wholeSteps(Convolution c) {
        return c.inChannels() % HopperTiles.STEP == 0 && c.out().size(3) % HopperTiles.STEP == 0;
    }

    /** Frames that only see copies of one. */
    static int singles(Convolution c) {
        Tensor past = c.past();
        return past != null
                        && past.size(0) == 1
                        && past.storage() == c.x().storage()
                        && past.offset() == c.x().offset()
                ? 1
                : 0;
    }

    static int pairs(Convolution c) {
        return Math.ceilDiv(c.out().size(0) - singles(c), 2);
    }

    /** Makes sums of frames. */
    interface Sums {
        /**
         * @param from the first frame of the first pair, among those that are convolved
         * @param sums becomes those of {@code pairs} pairs, [4 pairs, H, W, C]
         */
        void make(int from, int pairs, Tensor sums);
    }

    @Override
    public void run(Convolution c) {
        Tensor x = c.x();
        int most = (int) Math.clamp(MOST_BYTES / pairBytes(c), 1, pairs(c));
        Shape shape =
                Shape.of((long) PairTiles.PRODUCTS * most, x.size(1), x.size(2), c.inChannels());
        try (Scratch scratch = gpu.scratch(DType.BF16, shape)) {
            run(
                    c,
                    x.rows(0, 1),
                    scratch.tensor(DType.BF16, shape),
                    most,
                    (from, pairs, sums) -> sum(x, c.past(), from, pairs, sums));
        }
    }

    /**
     * Convolves what {@code making} makes.
     *
     * @param first the first frame, if that is convolved by itself; else anything
     * @param room for sums of {@code most} pairs
     */
    void run(Convolution c, Tensor first, Tensor room, int most, Sums making) {
        Tensor out = c.out();
        int pairs = pairs(c);
        int singles = singles(c);
        int each = Math.ceilDiv(pairs, Math.ceilDiv(pairs, most));
        long weights =
                (long) PairTiles.PRODUCTS
                        * SIDE
                        * SIDE
                        * out.size(3)
                        * c.inChannels()
                        * Short.BYTES;
        try (Scratch folded = gpu.scratch(weights)) {
            fold(c.weight(), folded.address());
            for (int done = 0; done < pairs; done += each) {
                int count = Math.min(each, pairs - done);
                int from = singles + 2 * done;
                Tensor sums = room.rows(0, (long) PairTiles.PRODUCTS * count);
                making.make(from, count, sums);
                Tensor to = out.rows(done == 0 ? 0 : from, Math.min(out.size(0), from + 2 * count));
                tiles.launch(
                        c, sums, first, folded.address(), done == 0 ? singles : 0, Frames.of(to));
            }
        }
    }

    private void fold(Tensor weight, long to) {
        gpu.kernel("conv_fold", "pair_taps")
                .pointer(weight)
                .pointer(to)
                .i32(weight.size(0))
                .i32(weight.size(1))
                .start(
                        Math.ceilDiv(weight.size(1), CHANNELS_OF_A_BLOCK),
                        Math.ceilDiv(weight.size(0), ROWS_OF_A_BLOCK),
                        1,
                        THREADS);
    }

    /**
     * Sums of frames.
     *
     * @param first frame of {@code out} among all
     */
    private void sum(Tensor x, @Nullable Tensor past, int first, int pairs, Tensor sums) {
        long size = x.elements() / x.size(0) / EIGHT;
        gpu.kernel("conv_fold", "pair_frames")
                .struct()
                .pointer(x)
                .pointer(past)
                .pointer(sums)
                .i32(x.size(0))
                .i32(past == null ? 0 : past.size(0))
                .i32(past == null ? first + 2 : first)
                .i32(pairs)
                .i64(size)
                .end()
                .start(size, THREADS);
    }
}

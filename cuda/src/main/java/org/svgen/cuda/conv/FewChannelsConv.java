package org.svgen.cuda.conv;

import java.util.List;
import org.svgen.cuda.gpu.Alignment;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Gpu.Scratch;
import org.svgen.cuda.gpu.Kernel;
import org.svgen.cuda.gpu.Requirement;
import org.svgen.cuda.product.Product;
import org.svgen.cuda.product.Products;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.tensor.op.Ops.ConvGeometry;

/**
 * Convolutions to so few channels that a matrix product would mostly multiply by padding: all taps
 * together are the rows of one product with every pixel of the input, and conv_few.cu adds up what
 * belongs together.
 */
final class FewChannelsConv implements Kernel<Convolution> {
    /** Of weights: for three channels, and for the twelve of 2 x 2 pixels in f32. */
    private static final int MOST_ROWS = 128;

    private static final int MOST_ROWS_OF_PATCHES = 384;

    /** Pixels of all frames, whose products with {@link #MOST_ROWS} rows exist at once. */
    private static final long MAX_PIXELS = 2 << 20;

    /**
     * Wan's: with so many channels more pixels go a frame at a time. With others they go to the
     * kernel that they always went to: another one adds in another order, and videos that were made
     * before would have other last bits.
     */
    private static final int CHANNELS_APART = 96;

    private static final int THREADS = 256;

    private static final List<Requirement<Convolution>> REQUIREMENTS =
            List.of(
                    new Requirement<>(
                            "several taps, which make 128 rows at most with the channels they"
                                    + " give, or 384 to f32",
                            FewChannelsConv::fewRows),
                    new Requirement<>("operands in bf16", Convolution::bf16),
                    new Requirement<>("strides of 1", Convolution::strideless),
                    new Requirement<>(
                            "channels in groups of 8",
                            c -> Alignment.rows(8, c.inChannels(), c.x())),
                    new Requirement<>(
                            "2 million pixels at most, or, a frame at a time, 96 channels or more"
                                    + " than 128 rows",
                            c -> framesAtOnce(c) > 0));

    private final Gpu gpu;
    private final Products products;

    FewChannelsConv(Gpu gpu, Products products) {
        this.gpu = gpu;
        this.products = products;
    }

    @Override
    public String name() {
        return "few channels";
    }

    @Override
    public List<Requirement<Convolution>> requirements() {
        return REQUIREMENTS;
    }

    private static boolean fewRows(Convolution c) {
        int most = c.out().dtype() == DType.F32 ? MOST_ROWS_OF_PATCHES : MOST_ROWS;
        return rows(c) > c.outChannels() && rows(c) <= most;
    }

    /** One for each tap and channel that it gives. */
    private static long rows(Convolution c) {
        return c.weight().elements() / c.inChannels();
    }

    /** Frames of the result whose products exist at once; 0 if that is too much for one. */
    static int framesAtOnce(Convolution c) {
        long frame = (long) c.x().size(1) * c.x().size(2);
        int frames = c.x().size(0);
        boolean patches = rows(c) > MOST_ROWS;
        if (!patches && frame * frames <= MAX_PIXELS) {
            return c.out().size(0);
        }
        int back = c.weight().size(2) - 1;
        long most = MAX_PIXELS * MOST_ROWS / rows(c) / Math.max(1, frame); // of the input
        boolean apart = patches || c.inChannels() == CHANNELS_APART;
        return apart ? (int) Math.clamp(most - back, 0, c.out().size(0)) : 0;
    }

    @Override
    public void run(Convolution c) {
        int atOnce = framesAtOnce(c);
        int back = c.weight().size(2) - 1;
        for (int t = 0; t < c.out().size(0); t += atOnce) {
            int end = Math.min(c.out().size(0), t + atOnce);
            runAtOnce(
                    new Convolution(
                            c.x().rows(t, end + back),
                            null,
                            c.weight(),
                            c.lying(),
                            c.bias(),
                            c.geometry(),
                            c.add(),
                            c.out().rows(t, end)));
        }
    }

    private void runAtOnce(Convolution c) {
        Tensor x = c.x();
        Tensor out = c.out();
        ConvGeometry g = c.geometry();
        long pixels = x.elements() / c.inChannels();
        Shape shape = Shape.of(rows(c), pixels);
        try (Scratch scratch = gpu.scratch(DType.F32, shape)) {
            Tensor summands = scratch.tensor(DType.F32, shape);
            Tensor all = x.reshape(pixels, c.inChannels());
            products.run(new Product(c.weights(rows(c)), all, summands));
            gpu.kernel("conv_few", "sum_taps")
                    .struct()
                    .pointer(summands)
                    .elements(c.bias())
                    .elements(out)
                    .i64(pixels)
                    .i32(out.size(3))
                    .i32(x.size(1))
                    .i32(x.size(2))
                    .i32(out.size(1))
                    .i32(out.size(2))
                    .i32(c.weight().size(2))
                    .i32(c.weight().size(3))
                    .i32(c.weight().size(4))
                    .i32(g.top())
                    .i32(g.left())
                    .flag(g.border() == Border.EDGE)
                    .end()
                    .i64(out.elements() / out.size(3))
                    .start(out.elements() / out.size(3), THREADS);
        }
    }
}

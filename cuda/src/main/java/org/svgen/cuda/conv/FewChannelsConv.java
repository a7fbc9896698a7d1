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
    private static final int MOST_ROWS = 128;

    /** Pixels of all frames, whose products with all rows exist at once. */
    private static final long MAX_PIXELS = 2 << 20;

    private static final int THREADS = 256;

    private static final List<Requirement<Convolution>> REQUIREMENTS =
            List.of(
                    new Requirement<>(
                            "several taps, which make 128 rows at most with the channels they give",
                            FewChannelsConv::fewRows),
                    new Requirement<>("operands in bf16", Convolution::bf16),
                    new Requirement<>("strides of 1", Convolution::strideless),
                    new Requirement<>(
                            "channels in groups of 8",
                            c -> Alignment.rows(8, c.inChannels(), c.x())),
                    new Requirement<>(
                            "2 million pixels at most",
                            c -> c.x().elements() / c.inChannels() <= MAX_PIXELS));

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
        long taps = c.weight().elements() / c.outChannels() / c.inChannels();
        return taps > 1 && c.outChannels() * taps <= MOST_ROWS;
    }

    @Override
    public void run(Convolution c) {
        Tensor x = c.x();
        Tensor out = c.out();
        ConvGeometry g = c.geometry();
        long pixels = x.elements() / c.inChannels();
        long rows = c.weight().elements() / c.inChannels();
        Shape shape = Shape.of(rows, pixels);
        try (Scratch scratch = gpu.scratch(DType.F32, shape)) {
            Tensor summands = scratch.tensor(DType.F32, shape);
            Tensor all = x.reshape(pixels, c.inChannels());
            products.run(new Product(c.weights(rows), all, summands));
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

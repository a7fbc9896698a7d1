package org.svgen.cuda;

import org.jspecify.annotations.Nullable;
import org.svgen.cuda.Gpu.Scratch;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.tensor.op.Ops.ConvGeometry;

/**
 * Convolutions to so few channels that a matrix product would mostly multiply by padding: all taps
 * together are the rows of one product with every pixel of the input, and conv_few.cu adds up what
 * belongs together.
 */
final class FewChannels {
    private static final int MOST_ROWS = 128;
    private static final long MOST_PIXELS = 2 << 20; // whose products exist at once
    private static final int THREADS = 256;

    private final Gpu gpu;
    private final Gemm gemm;

    FewChannels(Gpu gpu, Gemm gemm) {
        this.gpu = gpu;
        this.gemm = gemm;
    }

    static boolean takes(Tensor x, Tensor weight, ConvGeometry g) {
        int channels = x.size(3);
        long taps = weight.elements() / weight.size(0) / channels;
        return taps > 1
                && weight.size(0) * taps <= MOST_ROWS
                && x.dtype() == DType.BF16
                && weight.dtype() == DType.BF16
                && g.strideTime() == 1
                && g.strideSpace() == 1
                && Wide.rows(8, channels, x)
                && x.elements() / channels <= MOST_PIXELS;
    }

    /**
     * @param weight of shape [Co, Ci, kt, kh, kw], but lying at {@code lying} with Ci last
     */
    void convolve(
            Tensor x,
            Tensor weight,
            long lying,
            @Nullable Tensor bias,
            ConvGeometry g,
            Tensor out) {
        long channels = x.size(3);
        long pixels = x.elements() / channels;
        long rows = weight.elements() / channels;
        DeviceStorage there = new DeviceStorage(lying, weight.bytes());
        Tensor factors = new Tensor(DType.BF16, Shape.of(rows, channels), there, 0);
        long bytes = rows * pixels * Float.BYTES;
        try (Scratch scratch = gpu.scratch(bytes)) {
            DeviceStorage storage = new DeviceStorage(scratch.address(), bytes);
            Tensor products = new Tensor(DType.F32, Shape.of(rows, pixels), storage, 0);
            Tensor all = x.reshape(pixels, channels);
            gemm.linear(factors, all, null, Activation.NONE, products);
            gpu.kernel("conv_few", "sum_taps")
                    .struct()
                    .pointer(products)
                    .elements(bias)
                    .elements(out)
                    .i64(pixels)
                    .i32(out.size(3))
                    .i32(x.size(1))
                    .i32(x.size(2))
                    .i32(out.size(1))
                    .i32(out.size(2))
                    .i32(weight.size(2))
                    .i32(weight.size(3))
                    .i32(weight.size(4))
                    .i32(g.top())
                    .i32(g.left())
                    .flag(g.border() == Border.EDGE)
                    .end()
                    .i64(out.elements() / out.size(3))
                    .start(out.elements() / out.size(3), THREADS);
        }
    }
}

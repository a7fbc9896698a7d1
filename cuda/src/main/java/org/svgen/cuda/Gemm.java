package org.svgen.cuda;

import org.jspecify.annotations.Nullable;
import org.svgen.cuda.Gpu.Scratch;
import org.svgen.tensor.Activation;
import org.svgen.tensor.DType;
import org.svgen.tensor.Ops.ConvGeometry;
import org.svgen.tensor.Tensor;

/** Matrix products and convolutions: kernels of gemm_f32.cu and gemm_bf16.cu. */
final class Gemm {
    private static final int THREADS = 256;

    /** Three slices of 128 + 128 rows of 40 bf16 elements. */
    private static final int BF16_SHARED = 3 * 256 * 40 * 2;

    private final Gpu gpu;
    private final Shuffles shuffles;

    Gemm(Gpu gpu, Shuffles shuffles) {
        this.gpu = gpu;
        this.shuffles = shuffles;
    }

    /**
     * The right operand, [n, k].
     *
     * @param group elements that lie together in both operands: k, or a convolution's channels
     */
    private record Weights(long address, DType dtype, int n, int k, int group) {
        boolean aligned(int elements) {
            return address % ((long) elements * dtype.bytes()) == 0;
        }
    }

    void linear(Tensor x, Tensor weight, @Nullable Tensor bias, Activation f, Tensor out) {
        int n = weight.size(0);
        int k = weight.size(1);
        int m = Math.toIntExact(x.elements() / k);
        Weights w = new Weights(DeviceStorage.address(weight), weight.dtype(), n, k, k);
        Shape shape = shape(m, n, tensorCores(x, w));
        begin("linear", shape, m, x, w, bias, f, out)
                .start(shape.blocksM, shape.blocksN, 1, THREADS);
    }

    void conv3d(Tensor x, Tensor weight, @Nullable Tensor bias, ConvGeometry g, Tensor out) {
        int channels = weight.size(1);
        int k = Math.toIntExact(weight.elements() / weight.size(0));
        int m = Math.toIntExact(out.elements() / out.size(3));
        // Channels last, as the input is: then what a tap reads lies together.
        try (Scratch scratch = gpu.scratch(weight.bytes())) {
            shuffles.channelsLast(weight, scratch.address());
            Weights w = new Weights(scratch.address(), weight.dtype(), weight.size(0), k, channels);
            Shape shape = shape(m, w.n, tensorCores(x, w));
            begin("conv", shape, m, x, w, bias, Activation.NONE, out)
                    .struct()
                    .i32(x.size(1))
                    .i32(x.size(2))
                    .i32(channels)
                    .i32(out.size(1))
                    .i32(out.size(2))
                    .i32(weight.size(3))
                    .i32(weight.size(4))
                    .i32(g.strideTime())
                    .i32(g.strideSpace())
                    .i32(g.top())
                    .i32(g.left())
                    .end()
                    .start(shape.blocksM, shape.blocksN, 1, THREADS);
        }
    }

    /** Which kernel, and how many of its tiles. */
    private record Shape(String source, String suffix, int shared, long blocksM, long blocksN) {
        static Shape of(
                String source, String suffix, int shared, int m, int n, int tileM, int tileN) {
            return new Shape(
                    source, suffix, shared, Math.ceilDiv(m, tileM), Math.ceilDiv(n, tileN));
        }
    }

    private Shape shape(int m, int n, boolean tensorCores) {
        if (tensorCores) {
            return Shape.of("gemm_bf16", "_bf16", BF16_SHARED, m, n, 128, 128);
        }
        Shape large = Shape.of("gemm_f32", "_f32", 0, m, n, 128, 128);
        return large.blocksM * large.blocksN >= gpu.device().multiprocessors()
                ? large
                : Shape.of("gemm_f32", "_f32_small", 0, m, n, 32, 64);
    }

    /** True if both operands are bf16 and can be copied in chunks of eight elements. */
    private static boolean tensorCores(Tensor x, Weights w) {
        return x.dtype() == DType.BF16
                && w.dtype == DType.BF16
                && w.group % 8 == 0
                && w.aligned(8)
                && Wide.rows(8, w.group, x);
    }

    private Launcher begin(
            String name,
            Shape shape,
            int m,
            Tensor x,
            Weights w,
            @Nullable Tensor bias,
            Activation f,
            Tensor out) {
        boolean wide = w.group % 4 == 0 && w.aligned(4) && Wide.rows(4, w.group, x);
        return gpu.kernel(shape.source, name + shape.suffix, shape.shared)
                .struct()
                .elements(x)
                .elements(w.address, w.dtype)
                .elements(bias)
                .elements(out)
                .i32(m)
                .i32(w.n)
                .i32(w.k)
                .i32(f.ordinal())
                .flag(wide)
                .flag(w.n % 4 == 0 && Wide.rows(4, w.n, out))
                .end();
    }
}

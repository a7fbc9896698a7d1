package org.svgen.cuda;

import org.jspecify.annotations.Nullable;
import org.svgen.cuda.Gpu.Scratch;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.tensor.op.Ops.ConvGeometry;

/**
 * Matrix products and convolutions: kernels of gemm_f32.cu, gemm_bf16.cu and gemm_sm90.cu, and
 * products of cuBLASLt where that is chosen.
 */
final class Gemm implements AutoCloseable {
    private static final String TENSOR_CORES = "gemm_bf16";
    private static final int TENSOR_THREADS = 128;
    private static final int THREADS = 256;

    /** Three slices of 128 + 128 rows of 32 bf16 elements. */
    private static final int BF16_SHARED = 3 * 256 * 32 * 2;

    private final Gpu gpu;
    private final Shuffles shuffles;
    private final BlasChoice library;
    private final HopperGemm hopper;
    private final HopperConv hopperConv;
    private final EnlargedConv enlarged;
    private final FewChannels few;

    Gemm(Gpu gpu, Shuffles shuffles, Products products) {
        this.gpu = gpu;
        this.shuffles = shuffles;
        library =
                new BlasChoice(
                        gpu,
                        products,
                        (x, weight, out) ->
                                own(
                                        "linear",
                                        new Left(x, null, weight.size(1)),
                                        weight,
                                        null,
                                        Activation.NONE,
                                        out));
        hopper = new HopperGemm(gpu);
        hopperConv = new HopperConv(gpu, shuffles);
        enlarged = new EnlargedConv(gpu, hopperConv);
        few = new FewChannels(gpu, this);
    }

    /** Whose products are used, where there is a choice. */
    String description() {
        return library.description();
    }

    /** The right operand, [n, k]. */
    private record Weights(long address, DType dtype, int n, int k) {
        boolean aligned(int elements) {
            return address % ((long) elements * dtype.bytes()) == 0;
        }
    }

    void linear(Tensor x, Tensor weight, @Nullable Tensor bias, Activation f, Tensor out) {
        int k = weight.size(1);
        linear("linear", new Left(x, null, k), weight, bias, f, out);
    }

    /** {@code [x | y] weight^T + bias}. */
    void pair(Tensor x, Tensor y, Tensor weight, @Nullable Tensor bias, Tensor out) {
        int k = x.size(-1);
        // Groups of elements must not straddle the two.
        Left left = new Left(x, y, gcd(k, weight.size(1) - k));
        linear("linear_pair", left, weight, bias, Activation.NONE, out);
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    /**
     * The left operand.
     *
     * @param second columns to the right of those of {@code first}
     * @param group elements that lie together: k, the part of k that divides both operands, or a
     *     convolution's channels
     */
    private record Left(Tensor first, @Nullable Tensor second, int group) {
        boolean aligned(int elements) {
            return Wide.rows(elements, group, first, second);
        }

        boolean is(DType dtype) {
            return first.dtype() == dtype && (second == null || second.dtype() == dtype);
        }
    }

    private void linear(
            String name,
            Left left,
            Tensor weight,
            @Nullable Tensor bias,
            Activation f,
            Tensor out) {
        if (library.linear(left.first, left.second, weight, bias, f, out)) {
            return;
        }
        if (hopper.takes(left.first, left.second, weight, f, out)) {
            hopper.linear(left.first, left.second, weight, bias, f, out);
        } else {
            own(name, left, weight, bias, f, out);
        }
    }

    private void own(
            String name,
            Left left,
            Tensor weight,
            @Nullable Tensor bias,
            Activation f,
            Tensor out) {
        int n = weight.size(0);
        int m = Math.toIntExact(out.elements() / n);
        Weights w = new Weights(DeviceStorage.address(weight), weight.dtype(), n, weight.size(1));
        Shape shape = shape(m, n, tensorCores(left, w));
        shape.start(begin(name, shape, m, left, w, bias, f, out));
    }

    boolean addsConvolved(Tensor x, Tensor weight, ConvGeometry g, Tensor out) {
        return hopperConv.takes(x, weight, g, out);
    }

    void conv3dAdd(Tensor x, Tensor weight, @Nullable Tensor bias, ConvGeometry g, Tensor out) {
        hopper(x, weight, bias, g, true, out);
    }

    private void hopper(
            Tensor x,
            Tensor weight,
            @Nullable Tensor bias,
            ConvGeometry g,
            boolean add,
            Tensor out) {
        int[] taps = {weight.size(2), weight.size(3), weight.size(4)};
        try (Scratch scratch = gpu.scratch(weight.bytes())) {
            shuffles.channelsLast(weight, scratch.address());
            hopperConv.convolve(x, scratch.address(), taps, bias, g, add, out);
        }
    }

    boolean convolvesEnlarged(Tensor x, int time, int space, Tensor weight, Tensor out) {
        return enlarged.takes(x, time, space, weight, out);
    }

    void convolveEnlarged(
            Tensor x, int time, Tensor weight, @Nullable Tensor bias, Border border, Tensor out) {
        try (Scratch scratch = gpu.scratch(weight.bytes())) {
            shuffles.channelsLast(weight, scratch.address());
            enlarged.convolve(x, time, weight, scratch.address(), bias, border, out);
        }
    }

    void conv3d(Tensor x, Tensor weight, @Nullable Tensor bias, ConvGeometry g, Tensor out) {
        if (hopperConv.takes(x, weight, g, out)) {
            hopper(x, weight, bias, g, false, out);
            return;
        }
        int channels = weight.size(1);
        int k = Math.toIntExact(weight.elements() / weight.size(0));
        int m = Math.toIntExact(out.elements() / out.size(3));
        // Channels last, as the input is: then what a tap reads lies together.
        try (Scratch scratch = gpu.scratch(weight.bytes())) {
            shuffles.channelsLast(weight, scratch.address());
            if (FewChannels.takes(x, weight, g)) {
                few.convolve(x, weight, scratch.address(), bias, g, out);
                return;
            }
            Weights w = new Weights(scratch.address(), weight.dtype(), weight.size(0), k);
            Left left = new Left(x, null, channels);
            Shape shape = shape(m, w.n, tensorCores(left, w));
            Launcher launcher = begin("conv", shape, m, left, w, bias, Activation.NONE, out);
            launcher.struct()
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
                    .flag(g.border() == Border.EDGE)
                    .end();
            shape.start(launcher);
        }
    }

    /** Which kernel, and how many of its tiles. */
    private record Shape(String source, String suffix, int shared, long blocksM, long blocksN) {
        static Shape of(
                String source, String suffix, int shared, int m, int n, int tileM, int tileN) {
            return new Shape(
                    source, suffix, shared, Math.ceilDiv(m, tileM), Math.ceilDiv(n, tileN));
        }

        /** The tensor cores' kernel orders its tiles itself. */
        void start(Launcher launcher) {
            if (source.equals(TENSOR_CORES)) {
                launcher.start(blocksM * blocksN, 1, 1, TENSOR_THREADS);
            } else {
                launcher.start(blocksM, blocksN, 1, THREADS);
            }
        }
    }

    private Shape shape(int m, int n, boolean tensorCores) {
        if (tensorCores) {
            return Shape.of(TENSOR_CORES, "_bf16", BF16_SHARED, m, n, 128, 128);
        }
        Shape large = Shape.of("gemm_f32", "_f32", 0, m, n, 128, 128);
        return large.blocksM * large.blocksN >= gpu.device().multiprocessors()
                ? large
                : Shape.of("gemm_f32", "_f32_small", 0, m, n, 32, 64);
    }

    /** True if both operands are bf16 and can be copied in chunks of eight elements. */
    private static boolean tensorCores(Left left, Weights w) {
        return left.is(DType.BF16) && w.dtype == DType.BF16 && w.aligned(8) && left.aligned(8);
    }

    private Launcher begin(
            String name,
            Shape shape,
            int m,
            Left left,
            Weights w,
            @Nullable Tensor bias,
            Activation f,
            Tensor out) {
        boolean wide = w.aligned(4) && left.aligned(4);
        return gpu.kernel(shape.source, name + shape.suffix, shape.shared)
                .struct()
                .elements(left.first)
                .elements(left.second)
                .elements(w.address, w.dtype)
                .elements(bias)
                .elements(out)
                .i32(m)
                .i32(w.n)
                .i32(w.k)
                .i32(left.first.size(-1))
                .i32(f.ordinal())
                .flag(wide)
                .flag(Wide.rows(4, w.n, out))
                .end();
    }

    @Override
    public void close() {
        library.close();
    }
}

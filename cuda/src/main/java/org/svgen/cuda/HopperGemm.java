package org.svgen.cuda;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.cuda.ffi.TensorMap;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;

/** Matrix products of bf16 operands by the kernels of gemm_sm90.cu, where the GPU can run them. */
final class HopperGemm {
    private static final String SOURCE = "gemm_sm90";
    private static final int STEP = 64; // columns of both operands that are multiplied at a time
    private static final int ROWS = 128; // of a tile, and of boxes of both operands
    private static final int THREADS = 384;
    private static final int SHARED_BYTES = 231488; // gemm_sm90.cu
    private static final int SIDE_BY_SIDE = 8; // rows of tiles that share columns in the L2 cache

    /**
     * A kernel's tiles.
     *
     * @param columns of a tile
     * @param cluster blocks, one above the other, that share what they read of the weights
     */
    private record Tiles(String name, int columns, int cluster) {
        long number(int m, int n) {
            return (long) Math.ceilDiv(m, ROWS) * Math.ceilDiv(n, columns);
        }

        long blocks(int m, int n, int multiprocessors) {
            long clusters = (long) Math.ceilDiv(m, ROWS * cluster) * Math.ceilDiv(n, columns);
            return Math.min(clusters, multiprocessors / cluster) * cluster;
        }
    }

    private static final Tiles WIDE = new Tiles("linear_wide", 256, 2);
    private static final Tiles NARROW = new Tiles("linear_narrow", 128, 1);

    private final Gpu gpu;

    HopperGemm(Gpu gpu) {
        this.gpu = gpu;
    }

    static boolean runsOn(KernelLibrary kernels) {
        return kernels.architecture(SOURCE).isPresent();
    }

    /**
     * @param y columns to the right of those of {@code x}, if there are any
     */
    boolean takes(Tensor x, @Nullable Tensor y, Tensor weight, Activation f, Tensor out) {
        int n = weight.size(0);
        return runsOn(gpu.kernels())
                && out.elements() > 0
                && x.dtype() == DType.BF16
                && weight.dtype() == DType.BF16
                && Wide.rows(8, x.size(-1), x)
                && Wide.rows(8, weight.size(1), weight)
                && (y == null || takesPair(x, y))
                && Wide.rows(8, n, out)
                && takes(f, out.dtype());
    }

    private static boolean takesPair(Tensor x, Tensor y) {
        return y.dtype() == DType.BF16 && x.size(-1) % STEP == 0 && Wide.rows(8, y.size(-1), y);
    }

    private static boolean takes(Activation f, DType out) {
        return switch (f) {
            case NONE -> out == DType.BF16 || out == DType.F32;
            case SILU, GELU_TANH -> out == DType.BF16;
            case GELU, RELU -> false;
        };
    }

    void linear(
            Tensor x,
            @Nullable Tensor y,
            Tensor weight,
            @Nullable Tensor bias,
            Activation f,
            Tensor out) {
        String suffix =
                switch (f) {
                    case SILU -> "_silu";
                    case GELU_TANH -> "_gelu_tanh";
                    default -> out.dtype() == DType.F32 ? "_f32" : "";
                };
        launch(suffix, x, y, weight, bias, out);
    }

    private void launch(
            String suffix,
            Tensor x,
            @Nullable Tensor y,
            Tensor weight,
            @Nullable Tensor bias,
            Tensor out) {
        int n = weight.size(0);
        int k = weight.size(1);
        int m = Math.toIntExact(out.elements() / n);
        int multiprocessors = gpu.device().multiprocessors();
        Tiles tiles = WIDE.number(m, n) >= multiprocessors ? WIDE : NARROW;
        TensorMap left = map(x, m, x.size(-1), ROWS);
        gpu.kernel(SOURCE, tiles.name + suffix, SHARED_BYTES)
                .struct()
                .map(left)
                .map(y == null ? left : map(y, m, y.size(-1), ROWS))
                .map(map(weight, n, k, ROWS))
                .map(map(out, m, n, out.dtype() == DType.BF16 ? 16 : 8))
                .elements(bias)
                .i32(m)
                .i32(n)
                .i32(k)
                .i32(x.size(-1))
                .i32(SIDE_BY_SIDE)
                .end()
                .start(tiles.blocks(m, n, multiprocessors), 1, 1, THREADS);
    }

    /** In boxes of 128 bytes, the span that is swizzled, and so many rows. */
    private static TensorMap map(Tensor t, int rows, int columns, int boxRows) {
        int bytes = t.dtype().bytes();
        return new TensorMap(
                t.dtype() == DType.BF16 ? TensorMap.Type.BF16 : TensorMap.Type.F32,
                DeviceStorage.address(t),
                List.of((long) columns, (long) rows),
                List.of((long) columns * bytes),
                List.of(128 / bytes, boxRows),
                TensorMap.Swizzle.BYTES_128);
    }
}

package org.svgen.cuda.product;

import java.util.List;
import org.svgen.cuda.ffi.TensorMap;
import org.svgen.cuda.gpu.Alignment;
import org.svgen.cuda.gpu.DeviceStorage;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.KernelLibrary;
import org.svgen.cuda.gpu.Launcher;
import org.svgen.cuda.gpu.Requirement;
import org.svgen.cuda.gpu.SourceKernel;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/** Matrix products of bf16 operands by the kernels of gemm_sm90.cu, where the GPU can run them. */
final class HopperGemm extends SourceKernel<Product> {
    private static final String SOURCE = "gemm_sm90";

    /** Columns of both operands that are multiplied at a time. */
    private static final int STEP = 64;

    /** Rows of a tile, and of boxes of the left operand. */
    private static final int TILE_ROWS = 128;

    private static final int THREADS = 384;

    /** Shared memory of each kernel, as gemm_sm90.cu checks. */
    private static final int SHARED_BYTES = 231488;

    /** Rows of tiles that share columns in the L2 cache. */
    private static final int ROWS_SIDE_BY_SIDE = 8;

    private static final HopperTiles WIDE = new HopperTiles("linear_wide", TILE_ROWS, 256, 2);
    private static final HopperTiles NARROW = new HopperTiles("linear_narrow", TILE_ROWS, 128, 1);
    private static final HopperTiles SLIM = new HopperTiles("linear_slim", TILE_ROWS, 64, 1);

    /** The widest first: of those that cost the same, it reads least. All give the same bits. */
    private static final List<HopperTiles> ALL = List.of(WIDE, NARROW, SLIM);

    /** Of fewer rows memory is the limit, from which slim tiles read more slowly. */
    private static final int FEWEST_SLIM_ROWS = 64;

    private static final List<Requirement<Product>> REQUIREMENTS =
            List.of(
                    new Requirement<>("a result", p -> p.out().elements() > 0),
                    new Requirement<>("operands in bf16", p -> p.operandsAre(DType.BF16)),
                    new Requirement<>("rows of groups of 8 elements", HopperGemm::aligned),
                    new Requirement<>(
                            "a pair whose first part has a multiple of 64 columns",
                            p -> p.y() == null || p.x().size(-1) % STEP == 0),
                    new Requirement<>(
                            "no activation, or silu or tanh's gelu into bf16", HopperGemm::fused));

    HopperGemm(Gpu gpu) {
        super(gpu, "Hopper", SOURCE, REQUIREMENTS);
    }

    static boolean runsOn(KernelLibrary kernels) {
        return kernels.architecture(SOURCE).isPresent();
    }

    private static boolean aligned(Product p) {
        return Alignment.rows(8, p.x().size(-1), p.x())
                && Alignment.rows(8, p.k(), p.weight())
                && (p.y() == null || Alignment.rows(8, p.y().size(-1), p.y()))
                && Alignment.rows(8, p.n(), p.out());
    }

    private static boolean fused(Product p) {
        DType out = p.out().dtype();
        return switch (p.f()) {
            case NONE -> out == DType.BF16 || out == DType.F32;
            case SILU, GELU_TANH -> out == DType.BF16;
            case GELU, RELU -> false;
        };
    }

    @Override
    public void run(Product p) {
        int n = p.n();
        int k = p.k();
        int m = p.m();
        Tensor x = p.x();
        Tensor y = p.y();
        Tensor out = p.out();
        int multiprocessors = gpu.device().multiprocessors();
        List<HopperTiles> sizes = m < FEWEST_SLIM_ROWS ? ALL.subList(0, 2) : ALL;
        HopperTiles tiles = HopperTiles.cheapest(sizes, m, n, multiprocessors);
        Launcher launcher =
                gpu.kernel(SOURCE, tiles.name() + suffix(p), SHARED_BYTES)
                        .struct()
                        .map(map(x, m, x.size(-1), TILE_ROWS));
        if (y == null) {
            launcher.repeatMaps(1);
        } else {
            launcher.map(map(y, m, y.size(-1), TILE_ROWS));
        }
        launcher.map(map(p.weight(), n, k, tiles.boxRows()))
                .map(map(out, m, n, out.dtype() == DType.BF16 ? 16 : 8))
                .elements(p.bias())
                .i32(m)
                .i32(n)
                .i32(k)
                .i32(x.size(-1))
                .i32(ROWS_SIDE_BY_SIDE)
                .end()
                .start(tiles.blocks(m, n, multiprocessors), 1, 1, THREADS);
    }

    private static String suffix(Product p) {
        return switch (p.f()) {
            case SILU -> "_silu";
            case GELU_TANH -> "_gelu_tanh";
            default -> p.out().dtype() == DType.F32 ? "_f32" : "";
        };
    }

    /** In boxes of 128 bytes, the span that is swizzled, and so many rows. */
    static TensorMap map(Tensor t, int rows, int columns, int boxRows) {
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

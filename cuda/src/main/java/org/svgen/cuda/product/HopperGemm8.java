package org.svgen.cuda.product;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.svgen.cuda.ffi.TensorMap;
import org.svgen.cuda.gpu.Alignment;
import org.svgen.cuda.gpu.DeviceStorage;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Requirement;
import org.svgen.cuda.gpu.SourceKernel;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;

/**
 * Matrix products of 8 bits by the kernels of gemm8_sm90.cu: one pass rounds the rows of the
 * inputs, unless they come so, another multiplies.
 */
final class HopperGemm8 extends SourceKernel<EightBitProduct> {
    private static final String SOURCE = "gemm8_sm90";

    /** Rows of a tile, and of boxes of both operands. */
    private static final int TILE_ROWS = 128;

    private static final int THREADS = 384;

    /** Shared memory of each kernel, as gemm8_sm90.cu checks. */
    private static final int SHARED_BYTES = 225344;

    /** Rows of tiles that share columns in the L2 cache. */
    private static final int ROWS_SIDE_BY_SIDE = 8;

    /** Columns that tensor cores may sum in their 14 bits, about. */
    private static final int MOST_SUMMED = 8192;

    private static final HopperTiles WIDE = new HopperTiles("linear8_wide", TILE_ROWS, 256, 2);
    private static final HopperTiles LONG = new HopperTiles("linear8_long", TILE_ROWS, 256, 2);
    private static final HopperTiles NARROW = new HopperTiles("linear8_narrow", TILE_ROWS, 128, 1);

    private static final List<Requirement<EightBitProduct>> REQUIREMENTS =
            List.of(
                    new Requirement<>("a result", p -> p.out().elements() > 0),
                    new Requirement<>("inputs in bf16 or 8 bits", HopperGemm8::types),
                    new Requirement<>("rows of groups of 16 elements", HopperGemm8::aligned),
                    new Requirement<>(
                            "inputs of at most %d columns".formatted(QuantisedRows.LONGEST),
                            p -> p.k() <= QuantisedRows.LONGEST),
                    new Requirement<>(
                            "no activation, or tanh's gelu into bf16",
                            p -> suffix(p.f(), p.out().dtype()).isPresent()));

    private final QuantisedRows rows;

    HopperGemm8(Gpu gpu, QuantisedRows rows) {
        super(gpu, "Hopper, 8 bits", SOURCE, REQUIREMENTS);
        this.rows = rows;
    }

    private static boolean types(EightBitProduct p) {
        return p.x().dtype() == (p.scales() == null ? DType.BF16 : DType.F8_E4M3)
                && (p.y() == null || p.y().dtype() == DType.BF16);
    }

    private static boolean aligned(EightBitProduct p) {
        Tensor y = p.y();
        return p.k() % 16 == 0
                && Alignment.rows(p.scales() == null ? 8 : 16, p.x().size(-1), p.x())
                && (y == null || Alignment.rows(8, y.size(-1), y))
                && Alignment.rows(16, p.k(), p.weight().values())
                && Alignment.rows(8, p.n(), p.out());
    }

    @Override
    public void run(EightBitProduct p) {
        if (p.scales() != null) {
            multiply(p, DeviceStorage.address(p.x()), DeviceStorage.address(p.scales()));
            return;
        }
        QuantisedRows.Rows inputs = rows.of(p);
        multiply(p, inputs.values(), inputs.scales());
    }

    private void multiply(EightBitProduct p, long values, long scales) {
        int m = p.m();
        int n = p.n();
        int multiprocessors = gpu.device().multiprocessors();
        HopperTiles tiles = tiles(p, multiprocessors);
        String suffix = suffix(p.f(), p.out().dtype()).orElseThrow();
        gpu.kernel(SOURCE, tiles.name() + suffix, SHARED_BYTES)
                .struct()
                .map(operand(values, m, p.k()))
                .map(operand(DeviceStorage.address(p.weight().values()), n, p.k()))
                .map(HopperGemm.map(p.out(), m, n, p.out().dtype() == DType.BF16 ? 16 : 8))
                .elements(p.bias())
                .elements(scales, DType.F32)
                .elements(Objects.requireNonNull(p.weight().scale()))
                .i32(m)
                .i32(n)
                .i32(p.k())
                .i32(ROWS_SIDE_BY_SIDE)
                .end()
                .start(tiles.blocks(m, n, multiprocessors), 1, 1, THREADS);
    }

    private static HopperTiles tiles(EightBitProduct p, int multiprocessors) {
        if (WIDE.number(p.m(), p.n()) < multiprocessors) {
            return NARROW;
        }
        boolean sumsInF32 =
                p.out().dtype() == DType.F32 || p.f() == Activation.NONE && p.k() > MOST_SUMMED;
        return sumsInF32 ? LONG : WIDE;
    }

    /** The end of a kernel's name; none if there is no such kernel. */
    private static Optional<String> suffix(Activation f, DType out) {
        return switch (f) {
            case NONE ->
                    switch (out) {
                        case BF16 -> Optional.of("");
                        case F32 -> Optional.of("_f32");
                        default -> Optional.empty();
                    };
            case GELU_TANH -> out == DType.BF16 ? Optional.of("_gelu_tanh") : Optional.empty();
            case SILU, GELU, RELU -> Optional.empty();
        };
    }

    /** Rows of bytes, in boxes of 128 by 128. */
    private static TensorMap operand(long address, int rows, int columns) {
        return new TensorMap(
                TensorMap.Type.U8,
                address,
                List.of((long) columns, (long) rows),
                List.of((long) columns),
                List.of(128, TILE_ROWS),
                TensorMap.Swizzle.BYTES_128);
    }
}

package org.svgen.cuda.product;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.svgen.cuda.gpu.Alignment;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Requirement;
import org.svgen.cuda.gpu.SourceKernel;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.EightBitNormOp;

/** By norm8.cu, which writes rows in 8 bits at once. */
final class OnePassNorm extends SourceKernel<EightBitNormOp> {
    private static final String SOURCE = "norm8";
    private static final int WARPS = 16;
    // Shorter rows are summed in another order by the norm without 8 bits.
    private static final int SHORTEST = 128;
    private static final int LONGEST = 3072;

    private static final List<Requirement<EightBitNormOp>> REQUIREMENTS =
            List.of(
                    new Requirement<>(
                            "rows of f32 that are rounded to bf16",
                            o -> o.x().dtype() == DType.F32 && o.type() == DType.BF16),
                    new Requirement<>(
                            "rows of %d to %d elements".formatted(SHORTEST, LONGEST),
                            o -> o.x().size(-1) >= SHORTEST && o.x().size(-1) <= LONGEST),
                    new Requirement<>("rows of groups of 16 elements", OnePassNorm::aligned),
                    new Requirement<>(
                            "weights in f32 or bf16",
                            o ->
                                    columns(o)
                                            .allMatch(t ->
                                                    t == null
                                                            || t.dtype() == DType.F32
                                                            || t.dtype() == DType.BF16)));

    OnePassNorm(Gpu gpu) {
        super(gpu, "Hopper, one pass", SOURCE, REQUIREMENTS);
    }

    private static Stream<@Nullable Tensor> columns(EightBitNormOp o) {
        return Stream.of(o.weight(), o.bias(), o.scale(), o.shift());
    }

    private static boolean aligned(EightBitNormOp o) {
        int c = o.x().size(-1);
        return Alignment.rows(16, c, o.out())
                && Alignment.rows(4, c, o.x(), o.weight(), o.bias(), o.scale(), o.shift());
    }

    @Override
    public void run(EightBitNormOp o) {
        int c = o.x().size(-1);
        long rows = o.x().elements() / c;
        boolean affine = o.weight() != null || o.bias() != null;
        long blocks = Math.min(Math.ceilDiv(rows, WARPS), gpu.device().multiprocessors());
        gpu.kernel(SOURCE, affine ? "norm8_affine" : "norm8")
                .struct()
                .pointer(o.x())
                .elements(o.weight())
                .elements(o.bias())
                .elements(o.scale())
                .elements(o.shift())
                .pointer(o.out())
                .pointer(o.scales())
                .f32(o.eps())
                .i32(c)
                .i64(rows)
                .end()
                .start(blocks, 1, 1, 32 * WARPS);
    }
}

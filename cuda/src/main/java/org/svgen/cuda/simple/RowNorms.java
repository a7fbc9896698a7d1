package org.svgen.cuda.simple;

import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.svgen.cuda.gpu.Alignment;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Launcher;
import org.svgen.tensor.Check;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.AddNormOp;
import org.svgen.tensor.op.LayerNormOp;
import org.svgen.tensor.op.Ops.HeadNorm;
import org.svgen.tensor.op.RmsNormOp;
import org.svgen.tensor.op.SplitHeadsOp;

/** Normalisation of rows and heads: kernels of norms.cu and heads.cu. */
public final class RowNorms {
    /** The longest head that fits in the registers of a warp as the kernel uses them. */
    private static final int MOST_HEAD_DIM = 256;

    private static final String SOURCE = "norms";
    private static final int WARPS = 8;

    // Of rows.cu.
    private static final int KEEPING_THREADS = 128;
    private static final int SHORTEST_KEPT = 128;
    private static final int SHORT_KEPT = 3072;
    private static final int LONGEST_KEPT = 5120;

    private final Gpu gpu;

    public RowNorms(Gpu gpu) {
        this.gpu = gpu;
    }

    public void run(LayerNormOp o) {
        run(o.x(), o.weight(), o.bias(), o.eps(), o.scale(), o.shift(), false, o.out());
    }

    public void run(RmsNormOp o) {
        run(o.x(), o.weight(), null, o.eps(), null, null, true, o.out());
    }

    /** True if a kernel takes both steps at once, and did. */
    public boolean add(AddNormOp o) {
        Tensor sum = o.sum();
        Tensor[] others = {o.x(), o.gate(), o.weight(), o.bias(), o.scale(), o.shift(), o.out()};
        int c = sum.size(-1);
        if (o.x().dtype() != DType.BF16
                || (o.gate() != null && o.gate().dtype() != DType.F32)
                || !Alignment.rows(4, c, sum)
                || !Alignment.rows(4, c, others)
                || !keeps(c, sum, others)) {
            return false;
        }
        long rows = sum.elements() / c;
        gpu.kernel("rows", "row_add_norm_kept")
                .struct()
                .elements(sum)
                .elements(o.weight())
                .elements(o.bias())
                .elements(o.scale())
                .elements(o.shift())
                .elements(o.out())
                .f32(o.eps())
                .flag(false)
                .end()
                .struct()
                .pointer(o.x())
                .pointer(o.gate())
                .end()
                .i32(c)
                .start(rows, 1, 1, KEEPING_THREADS);
        return true;
    }

    private void run(
            Tensor x,
            @Nullable Tensor weight,
            @Nullable Tensor bias,
            float eps,
            @Nullable Tensor scale,
            @Nullable Tensor shift,
            boolean rms,
            Tensor out) {
        int c = x.size(-1);
        long rows = x.elements() / c;
        boolean wide = Alignment.rows(4, c, x, weight, bias, scale, shift, out);
        boolean kept = wide && keeps(c, x, weight, bias, scale, shift, out);
        boolean longRows = kept && c > SHORT_KEPT;
        String keeping = longRows ? "row_norm_kept_long" : "row_norm_kept";
        Launcher launcher = kept ? gpu.kernel("rows", keeping) : gpu.kernel(SOURCE, "row_norm");
        launcher.struct()
                .elements(x)
                .elements(weight)
                .elements(bias)
                .elements(scale)
                .elements(shift)
                .elements(out)
                .f32(eps)
                .flag(rms)
                .end();
        if (longRows) {
            launcher.i32(c).start(rows, 1, 1, KEEPING_THREADS);
        } else if (kept) {
            launcher.i64(rows).i32(c).start(rows * 32, KEEPING_THREADS);
        } else {
            launcher.i64(rows).i32(c).flag(wide).start(rows * 32, 32 * WARPS);
        }
    }

    /** Whether rows.cu has a kernel for such rows, and they are long enough to be worth it. */
    private static boolean keeps(int c, Tensor x, @Nullable Tensor... others) {
        return c >= SHORTEST_KEPT
                && c <= LONGEST_KEPT
                && x.dtype() == DType.F32
                && Stream.of(others)
                        .filter(Objects::nonNull)
                        .allMatch(t -> t.dtype() == DType.F32 || t.dtype() == DType.BF16);
    }

    /** {@code x} [B, N, H, D] to {@code out} [B, H, at least outFrom + N, D]. */
    public void run(SplitHeadsOp o) {
        Tensor x = o.x();
        Tensor out = o.out();
        HeadNorm norm = o.norm();
        Tensor cos = o.cos();
        int d = x.size(3);
        Check.that(
                d <= MOST_HEAD_DIM, "heads of %s elements, expected at most %s", d, MOST_HEAD_DIM);
        int tokens = x.size(0) * x.size(1);
        boolean fast =
                splitsFast(x, out)
                        && Alignment.rows(8, d, x, out)
                        && Alignment.rows(4, d, cos, o.sin(), norm.weight());
        Launcher launcher =
                gpu.kernel(fast ? "heads" : SOURCE, fast ? fastName(norm, x, out) : "split_heads");
        launcher.struct()
                .elements(x)
                .elements(out)
                .elements(norm.weight())
                .elements(norm.bias())
                .pointer(cos)
                .pointer(o.sin())
                .i32(norm.kind().ordinal())
                .f32(norm.eps())
                .i32(x.size(0))
                .i32(x.size(1))
                .i32(x.size(2))
                .i32(x.size(3))
                .i32(o.ropeFrom())
                .i32(cos == null ? 0 : cos.size(0))
                .i32(out.size(2))
                .i32(o.outFrom())
                .end();
        if (fast) {
            // A warp takes 256 elements of neighbouring tokens at a time.
            launcher.start(Math.ceilDiv((long) tokens * d, 256 * WARPS), 1, 1, 32 * WARPS);
        } else {
            launcher.start(x.elements() / d * 32, 32 * WARPS);
        }
    }

    /** Whether heads.cu has a kernel for such tensors. */
    private static boolean splitsFast(Tensor x, Tensor out) {
        int d = x.size(3);
        return (d == 64 || d == 128)
                && (x.dtype() == DType.BF16 || x.dtype() == DType.F32)
                && (out.dtype() == DType.BF16 || out.dtype() == x.dtype());
    }

    private static String fastName(HeadNorm norm, Tensor x, Tensor out) {
        String types = name(x.dtype()) + (x.dtype() == out.dtype() ? "" : "_" + name(out.dtype()));
        boolean across = norm.kind() == HeadNorm.Kind.RMS_ACROSS;
        return "split_heads_%d_%s%s".formatted(x.size(3), types, across ? "_across" : "");
    }

    private static String name(DType dtype) {
        return dtype == DType.BF16 ? "bf16" : "f32";
    }
}

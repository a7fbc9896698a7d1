package org.svgen.cuda.simple;

import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.svgen.cuda.gpu.Alignment;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Launcher;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Ops.HeadNorm;

/** Normalisation of rows and heads: kernels of norms.cu and heads.cu. */
public final class RowNorms {
    /** The longest head that fits in the registers of a warp as the kernel uses them. */
    public static final int MOST_HEAD_DIM = 256;

    private static final String SOURCE = "norms";
    private static final int WARPS = 8;

    // Of rows.cu.
    private static final int KEEPING_THREADS = 128;
    private static final int SHORTEST_KEPT = 128;
    private static final int LONGEST_KEPT = 3072;

    private final Gpu gpu;

    public RowNorms(Gpu gpu) {
        this.gpu = gpu;
    }

    public void layer(
            Tensor x,
            @Nullable Tensor weight,
            @Nullable Tensor bias,
            float eps,
            @Nullable Tensor scale,
            @Nullable Tensor shift,
            Tensor out) {
        run(x, weight, bias, eps, scale, shift, false, out);
    }

    public void rms(Tensor x, @Nullable Tensor weight, float eps, Tensor out) {
        run(x, weight, null, eps, null, null, true, out);
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
        Launcher launcher =
                kept ? gpu.kernel("rows", "row_norm_kept") : gpu.kernel(SOURCE, "row_norm");
        launcher.struct()
                .elements(x)
                .elements(weight)
                .elements(bias)
                .elements(scale)
                .elements(shift)
                .elements(out)
                .f32(eps)
                .flag(rms)
                .end()
                .i64(rows)
                .i32(c);
        if (kept) {
            launcher.start(rows * 32, KEEPING_THREADS);
        } else {
            launcher.flag(wide).start(rows * 32, 32 * WARPS);
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
    public void splitHeads(
            Tensor x,
            HeadNorm norm,
            @Nullable Tensor cos,
            @Nullable Tensor sin,
            int ropeFrom,
            int outFrom,
            Tensor out) {
        int d = x.size(3);
        int tokens = x.size(0) * x.size(1);
        boolean fast =
                splitsFast(x, out)
                        && Alignment.rows(8, d, x, out)
                        && Alignment.rows(4, d, cos, sin, norm.weight());
        Launcher launcher =
                gpu.kernel(fast ? "heads" : SOURCE, fast ? fastName(norm, x, out) : "split_heads");
        launcher.struct()
                .elements(x)
                .elements(out)
                .elements(norm.weight())
                .elements(norm.bias())
                .pointer(cos)
                .pointer(sin)
                .i32(norm.kind().ordinal())
                .f32(norm.eps())
                .i32(x.size(0))
                .i32(x.size(1))
                .i32(x.size(2))
                .i32(x.size(3))
                .i32(ropeFrom)
                .i32(cos == null ? 0 : cos.size(0))
                .i32(out.size(2))
                .i32(outFrom)
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

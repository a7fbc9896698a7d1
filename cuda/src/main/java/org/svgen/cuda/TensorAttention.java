package org.svgen.cuda;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.AttentionPlan.Kind;
import org.svgen.tensor.op.KeyPattern.Segment;

/**
 * Attention in bf16 on the tensor cores of any GPU from Ampere on: kernels of attention_mma.cu.
 * They read tokens from where they are stored, whatever order their head attends in.
 */
final class TensorAttention {
    private static final String SOURCE = "attention_mma";
    private static final int RANGES = 8; // attention_plan.cuh

    /**
     * A kernel of attention_mma.cu.
     *
     * @param queries of a block: ROWS in attention_tile.cuh, where SHARED is too
     */
    private record Variant(String name, int queries, int threads, int sharedBytes) {}

    private static final Variant WIDE = new Variant("attention_mma_d128", 128, 128, 50120);
    private static final Variant NARROW = new Variant("attention_mma_d64", 128, 128, 33992);

    private final Gpu gpu;

    TensorAttention(Gpu gpu) {
        this.gpu = gpu;
    }

    boolean takes(Tensor q, Tensor k, Tensor v, AttentionPlan plan, float scale, Tensor out) {
        int dim = q.size(3);
        return (dim == 64 || dim == 128)
                && scale > 0
                && List.of(q, k, v, out).stream().allMatch(t -> t.dtype() == DType.BF16)
                && Wide.rows(8, dim, q, k, v, out)
                && plan.kinds().stream()
                        .flatMap(kind -> kind.pattern().segments().stream())
                        .allMatch(TensorAttention::takes);
    }

    /** A band must not move backwards: its keys are found from a tile's first and last query. */
    private static boolean takes(Segment s) {
        return s.spans().size() < RANGES && (s.band() == null || s.band().step() >= 0);
    }

    /**
     * @param planned where the plan lies on the device
     */
    void attend(
            Tensor q,
            Tensor k,
            Tensor v,
            AttentionPlan plan,
            long planned,
            @Nullable Tensor kinds,
            float scale,
            Tensor out) {
        Variant variant = q.size(3) == 64 ? NARROW : WIDE;
        int plain = tiles(plan, false, variant.queries);
        int banded = tiles(plan, true, variant.queries);
        gpu.kernel(SOURCE, variant.name, variant.sharedBytes)
                .struct()
                .pointer(q)
                .pointer(k)
                .pointer(v)
                .pointer(out)
                .pointer(planned)
                .pointer(kinds)
                .i32(q.size(0))
                .i32(q.size(1))
                .i32(q.size(2))
                .i32(k.size(2))
                .i32(plain)
                .i32(banded)
                .f32(scale)
                .end()
                .start((long) (plain + banded) * q.size(0) * q.size(1), 1, 1, variant.threads);
    }

    /** Tiles of queries a head, in segments with or without a band: the greatest of all kinds. */
    private static int tiles(AttentionPlan plan, boolean banded, int rows) {
        return plan.kinds().stream()
                .mapToInt(kind -> tiles(kind, banded, rows))
                .max()
                .orElseThrow();
    }

    private static int tiles(Kind kind, boolean banded, int rows) {
        return kind.pattern().segments().stream()
                .filter(segment -> segment.band() != null == banded)
                .mapToInt(segment -> Math.ceilDiv(segment.to() - segment.from(), rows))
                .sum();
    }
}

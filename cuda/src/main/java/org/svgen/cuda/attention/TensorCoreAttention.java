package org.svgen.cuda.attention;

import java.util.List;
import java.util.stream.Stream;
import org.svgen.cuda.gpu.Alignment;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Kernel;
import org.svgen.cuda.gpu.Requirement;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.AttentionOp;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.AttentionPlan.Kind;

/**
 * Attention in bf16 on the tensor cores of any GPU from Ampere on: kernels of attention_mma.cu.
 * They read tokens from where they are stored, whatever order their head attends in.
 */
final class TensorCoreAttention implements Kernel<AttentionCall> {
    private static final String SOURCE = "attention_mma";

    /** Ranges of keys that a tile keeps: attention_plan.cuh. */
    private static final int RANGES = 8;

    /**
     * A kernel of attention_mma.cu.
     *
     * @param queries of a block: ROWS in attention_tile.cuh, where SHARED is too
     */
    record Variant(String name, int queries, int threads, int sharedBytes) {}

    static final Variant WIDE = new Variant("attention_mma_d128", 128, 128, 50128);
    static final Variant NARROW = new Variant("attention_mma_d64", 128, 128, 34000);

    /** What fast kernels ask of a call. */
    static final List<Requirement<AttentionCall>> REQUIREMENTS =
            List.of(
                    new Requirement<>(
                            "heads of 64 or 128 channels", c -> c.dim() == 64 || c.dim() == 128),
                    new Requirement<>("a positive scale", c -> c.op().scale() > 0),
                    new Requirement<>(
                            "operands and result in bf16",
                            c -> operands(c.op()).allMatch(t -> t.dtype() == DType.BF16)),
                    new Requirement<>("tensors at multiples of 16 bytes", c -> aligned(c.op())),
                    new Requirement<>(
                            "patterns of fewer than 8 spans", c -> c.plan().spans() < RANGES),
                    // Its keys are found from a tile's first and last query.
                    new Requirement<>(
                            "bands that do not move backwards", c -> !c.plan().backwards()));

    private final Gpu gpu;

    TensorCoreAttention(Gpu gpu) {
        this.gpu = gpu;
    }

    @Override
    public String name() {
        return "tensor cores";
    }

    @Override
    public List<Requirement<AttentionCall>> requirements() {
        return REQUIREMENTS;
    }

    private static Stream<Tensor> operands(AttentionOp o) {
        return Stream.of(o.q(), o.k(), o.v(), o.out());
    }

    private static boolean aligned(AttentionOp o) {
        return Alignment.rows(8, 0, o.q(), o.k(), o.v(), o.out());
    }

    @Override
    public void run(AttentionCall c) {
        AttentionOp o = c.op();
        Tensor q = o.q();
        Tensor k = o.k();
        Variant variant = q.size(3) == 64 ? NARROW : WIDE;
        int plain = tiles(o.plan(), false, variant.queries);
        int banded = tiles(o.plan(), true, variant.queries);
        gpu.kernel(SOURCE, variant.name, variant.sharedBytes)
                .struct()
                .pointer(q)
                .pointer(k)
                .pointer(o.v())
                .pointer(o.out())
                .pointer(c.plan().address())
                .pointer(o.kinds())
                .i32(q.size(0))
                .i32(q.size(1))
                .i32(q.size(2))
                .i32(k.size(2))
                .i32(plain)
                .i32(banded)
                .f32(o.scale())
                .end()
                .start((long) (plain + banded) * c.heads(), 1, 1, variant.threads);
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

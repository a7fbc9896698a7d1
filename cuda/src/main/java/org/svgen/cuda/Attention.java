package org.svgen.cuda;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.cuda.Gpu.Scratch;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.AttentionPlan.Kind;
import org.svgen.tensor.op.KeyPattern;
import org.svgen.tensor.op.KeyPattern.Segment;
import org.svgen.tensor.op.KeyPattern.Span;
import org.svgen.tensor.op.TokenOrder;

/** Attention by any plan, and its profile: kernels of attention.cu, or faster ones. */
final class Attention implements AutoCloseable {
    /** The longest head that the kernels take; {@link WideHeads} is for longer ones. */
    private static final int MOST_HEAD_DIM = 128;

    private static final String SOURCE = "attention";
    private static final int THREADS = 256;
    private static final int ROWS = 64;
    private static final int KEYS = 32;
    private static final int BLOCKS_A_MULTIPROCESSOR = 4;
    private static final int KEYS_OF_A_SPLIT = 256; // at least, so that splits are worth a block

    private final Gpu gpu;
    private final Plans plans;
    private final TensorAttention tensor;
    private final HopperAttention hopper;
    private final TensorProfile onePass;
    private final WideHeads wide;

    Attention(Gpu gpu, Gemm gemm, Shuffles shuffles) {
        this.gpu = gpu;
        plans = new Plans(gpu);
        tensor = new TensorAttention(gpu);
        hopper = new HopperAttention(gpu);
        onePass = new TensorProfile(gpu);
        wide = new WideHeads(gpu, gemm, shuffles);
    }

    void attend(
            Tensor q,
            Tensor k,
            Tensor v,
            AttentionPlan plan,
            @Nullable Tensor kinds,
            float scale,
            Tensor out) {
        int queries = q.size(2);
        long planned = plans.address(plan);
        if (tensor.takes(q, k, v, plan, scale, out)) {
            if (hopper.takes(q, k, plan)) {
                hopper.attend(q, k, v, plan, planned, kinds, scale, out);
            } else {
                tensor.attend(q, k, v, plan, planned, kinds, scale, out);
            }
            return;
        }
        if (q.size(3) > MOST_HEAD_DIM) {
            wide.attend(q, k, v, planned, kinds, scale, out);
            return;
        }
        begin(q, k, v, out, planned, kinds, 0, 0, queries, 1, scale)
                .start(Math.ceilDiv(queries, ROWS), heads(q), 1, THREADS);
    }

    void profile(
            Tensor q,
            Tensor k,
            Tensor v,
            int[] rows,
            AttentionPlan plan,
            int keyLimit,
            float scale,
            float tolerance,
            Tensor errors,
            Tensor kinds) {
        Check.that(
                q.size(3) <= MOST_HEAD_DIM,
                "profiling heads of %s elements, expected at most %s",
                q.size(3),
                MOST_HEAD_DIM);
        if (onePass.takes(q, k, v, rows, plan, scale)) {
            onePass.profile(
                    q,
                    k,
                    v,
                    rows,
                    plan,
                    plans.address(plan),
                    keyLimit,
                    scale,
                    tolerance,
                    errors,
                    kinds);
            return;
        }
        int masks = plan.kinds().size() + 1;
        int heads = heads(q);
        int tiles = Math.ceilDiv(rows.length, ROWS);
        long wanted = (long) BLOCKS_A_MULTIPROCESSOR * gpu.device().multiprocessors();
        long unsplit = Math.max((long) tiles * heads * masks, 1);
        int most = Math.ceilDiv(k.size(2), KEYS_OF_A_SPLIT);
        int splits = Math.toIntExact(Math.clamp(Math.ceilDiv(wanted, unsplit), 1, most));
        long rowBytes = Math.ceilDiv((long) rows.length * Integer.BYTES, 256) * 256;
        int values = q.size(3) + 2;
        long partials = (long) masks * heads * splits * rows.length * values * Float.BYTES;
        long planned = plans.address(withDense(plan, q.size(2), k.size(2), keyLimit));
        long energies = (long) heads * Float.BYTES;
        try (Scratch scratch = gpu.scratch(rowBytes + partials + energies)) {
            long partial = scratch.address() + rowBytes;
            gpu.staging().toDevice(rows, scratch.address());
            begin(
                            q,
                            k,
                            v,
                            null,
                            planned,
                            null,
                            scratch.address(),
                            partial,
                            rows.length,
                            splits,
                            scale)
                    .start((long) tiles * splits, heads, masks, THREADS);
            gpu.kernel(SOURCE, "profile_errors")
                    .struct()
                    .pointer(partial)
                    .i32(rows.length)
                    .i32(splits)
                    .i32(q.size(3))
                    .end()
                    .i32(masks - 1)
                    .pointer(errors)
                    .pointer(partial + partials)
                    .start(heads, masks, 1, THREADS);
            gpu.kernel(SOURCE, "profile_kinds")
                    .pointer(errors)
                    .pointer(partial + partials)
                    .f32(tolerance)
                    .i32(masks - 1)
                    .i32(heads)
                    .pointer(kinds)
                    .start(heads, THREADS);
        }
    }

    /** The plan with dense attention to keys before {@code keyLimit} as its last kind. */
    private static AttentionPlan withDense(
            AttentionPlan plan, int queries, int keys, int keyLimit) {
        List<Kind> kinds = new ArrayList<>(plan.kinds());
        Segment all = new Segment(0, queries, List.of(new Span(0, keyLimit)), null);
        KeyPattern dense = new KeyPattern(queries, keys, List.of(all));
        kinds.add(new Kind(dense, TokenOrder.IDENTITY));
        return new AttentionPlan(kinds);
    }

    private static int heads(Tensor q) {
        return q.size(0) * q.size(1);
    }

    private Launcher begin(
            Tensor q,
            Tensor k,
            Tensor v,
            @Nullable Tensor out,
            long plan,
            @Nullable Tensor kinds,
            long rows,
            long partial,
            int rowCount,
            int splits,
            float scale) {
        int dim = q.size(3);
        int pitch = Math.ceilDiv(dim, 4) * 4 + 4;
        int shared = ((ROWS + 2 * KEYS) * pitch + ROWS * (KEYS + 1)) * Float.BYTES;
        return gpu.kernel(SOURCE, "attend", shared)
                .struct()
                .elements(q)
                .elements(k)
                .elements(v)
                .elements(out)
                .pointer(plan)
                .pointer(kinds)
                .pointer(rows)
                .pointer(partial)
                .i32(q.size(1))
                .i32(q.size(2))
                .i32(k.size(2))
                .i32(dim)
                .i32(rowCount)
                .i32(splits)
                .f32(scale)
                .flag(Wide.rows(4, dim, q, k, v))
                .end();
    }

    void biased(Tensor q, Tensor k, Tensor v, Tensor bias, float scale, Tensor out) {
        int n = q.size(0);
        int warps = 4;
        int shared = warps * n * Float.BYTES;
        Check.that(shared <= gpu.device().blockMemory(), "attention with a bias of %s tokens", n);
        gpu.kernel(SOURCE, "biased_attention", shared)
                .elements(q)
                .elements(k)
                .elements(v)
                .pointer(bias)
                .elements(out)
                .i32(n)
                .i32(q.size(1))
                .i32(q.size(2))
                .f32(scale)
                .start(Math.ceilDiv(n, warps), q.size(1), 1, 32 * warps);
    }

    @Override
    public void close() {
        hopper.close();
        plans.close();
    }
}

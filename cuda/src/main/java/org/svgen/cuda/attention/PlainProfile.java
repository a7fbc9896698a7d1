package org.svgen.cuda.attention;

import java.util.ArrayList;
import java.util.List;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Gpu.Scratch;
import org.svgen.cuda.gpu.Kernel;
import org.svgen.cuda.gpu.Requirement;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.AttentionPlan.Kind;
import org.svgen.tensor.op.KeyPattern;
import org.svgen.tensor.op.KeyPattern.Segment;
import org.svgen.tensor.op.KeyPattern.Span;
import org.svgen.tensor.op.ProfileOp;
import org.svgen.tensor.op.TokenOrder;

/** The profile of attention by any plan, in f32, each kind on its own: attention.cu. */
final class PlainProfile implements Kernel<ProfileOp> {
    private static final int BLOCKS_A_MULTIPROCESSOR = 4;

    /** Keys of a split at least, so that splits are worth a block. */
    private static final int LEAST_KEYS = 256;

    private final Gpu gpu;
    private final Plans plans;

    PlainProfile(Gpu gpu, Plans plans) {
        this.gpu = gpu;
        this.plans = plans;
    }

    @Override
    public String name() {
        return "plain";
    }

    @Override
    public List<Requirement<ProfileOp>> requirements() {
        return List.of();
    }

    @Override
    public void run(ProfileOp o) {
        Tensor q = o.q();
        Tensor k = o.k();
        int[] rows = o.rows();
        AttentionPlan plan = o.plan();
        int masks = plan.kinds().size() + 1;
        int heads = q.size(0) * q.size(1);
        int tiles = Math.ceilDiv(rows.length, PlainLaunch.ROWS);
        long wanted = (long) BLOCKS_A_MULTIPROCESSOR * gpu.device().multiprocessors();
        long unsplit = Math.max((long) tiles * heads * masks, 1);
        int most = Math.ceilDiv(k.size(2), LEAST_KEYS);
        int splits = Math.toIntExact(Math.clamp(Math.ceilDiv(wanted, unsplit), 1, most));
        long rowBytes = Math.ceilDiv((long) rows.length * Integer.BYTES, 256) * 256;
        int values = q.size(3) + 2;
        long partials = (long) masks * heads * splits * rows.length * values * Float.BYTES;
        long planned = plans.place(withDense(plan, q.size(2), k.size(2), o.keyLimit())).address();
        try (Scratch scratch = gpu.scratch(rowBytes + partials)) {
            long partial = scratch.address() + rowBytes;
            gpu.staging().toDevice(rows, scratch.address());
            new PlainLaunch(
                            q,
                            k,
                            o.v(),
                            null,
                            planned,
                            null,
                            scratch.address(),
                            partial,
                            rows.length,
                            splits,
                            o.scale())
                    .begin(gpu)
                    .start((long) tiles * splits, heads, masks, PlainLaunch.THREADS);
            gpu.kernel(PlainLaunch.SOURCE, "profile_errors")
                    .struct()
                    .pointer(partial)
                    .i32(rows.length)
                    .i32(splits)
                    .i32(q.size(3))
                    .end()
                    .i32(masks - 1)
                    .pointer(o.errors())
                    .pointer(o.energies())
                    .start(heads, masks, 1, PlainLaunch.THREADS);
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
}

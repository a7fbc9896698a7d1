package org.svgen.cuda.attention;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.gpu.Gpu.Scratch;
import org.svgen.cuda.gpu.Kernel;
import org.svgen.cuda.gpu.Requirement;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.AttentionPlan.Kind;
import org.svgen.tensor.op.KeyPattern.Segment;
import org.svgen.tensor.op.KeyPattern.Span;
import org.svgen.tensor.op.ProfileOp;
import org.svgen.tensor.op.TokenOrder;

/**
 * The profile of two kinds in bf16 in one pass over keys and values, whatever their orders: kernels
 * of profile.cu.
 */
final class TensorCoreProfile implements Kernel<ProfileOp> {
    private static final String SOURCE = "profile";

    /** Queries, and keys, of a tile. */
    private static final int ROWS = 64;

    private static final int KEYS = 64;
    private static final int THREADS = 128;
    private static final int STAGES = 2;

    /** Kinds of a plan, at most. */
    private static final int KINDS = 2;

    /** Keys of a word of a mask. */
    private static final int WORD = 32;

    /** Words of shared memory in which a thread keeps sums of weights. */
    private static final int SUMS = 2 * (KINDS + 1);

    /** Rows, and threads, of a block of profile_squares. */
    private static final int MERGED = 4;

    private static final int MERGERS = 256;
    private static final int AVERAGERS = 128;
    private static final double LOG2_E = 1.4426950408889634;

    private static final List<Requirement<ProfileOp>> REQUIREMENTS =
            Stream.concat(
                            TensorCoreWalk.REQUIREMENTS.stream(),
                            Stream.of(
                                    new Requirement<ProfileOp>(
                                            "plans of 2 kinds at most",
                                            o -> o.plan().kinds().size() <= KINDS)))
                    .toList();

    private final Gpu gpu;
    private final Plans plans;

    TensorCoreProfile(Gpu gpu, Plans plans) {
        this.gpu = gpu;
        this.plans = plans;
    }

    @Override
    public String name() {
        return "tensor cores, one pass";
    }

    @Override
    public List<Requirement<ProfileOp>> requirements() {
        return REQUIREMENTS;
    }

    @Override
    public void run(ProfileOp o) {
        Tensor q = o.q();
        Tensor k = o.k();
        int[] rows = o.rows();
        AttentionPlan plan = o.plan();
        long planned = plans.place(plan).address();
        int dim = q.size(3);
        int heads = q.size(0) * q.size(1);
        int[] ascending = rows.clone();
        Arrays.sort(ascending);
        int end = lastKept(rows, plan, o.keyLimit());
        int tiles = Math.ceilDiv(rows.length, ROWS);
        int splits =
                Splits.filling(
                        o.wholeHeads() * tiles,
                        end,
                        gpu.device().multiprocessors() * (dim == 64 ? 3 : 2));
        int mergers = Math.ceilDiv(rows.length, MERGED);
        long part = (long) ROWS * ((KINDS + 1) * (dim + 1) + 1) * Float.BYTES;
        long partials = (long) heads * tiles * splits * part;
        int words = Math.ceilDiv(end, KEYS) * (KEYS / WORD);
        long masks = (long) words * tiles * THREADS * Integer.BYTES;
        long squares = (long) heads * mergers * (KINDS + 1) * Double.BYTES;
        try (Scratch scratch =
                gpu.scratch(squares + partials + masks + (long) rows.length * Integer.BYTES)) {
            long partialAt = scratch.address() + squares;
            long masksAt = partialAt + partials;
            long rowsAt = masksAt + masks;
            gpu.staging().toDevice(ascending, rowsAt);
            gpu.kernel(SOURCE, "profile_masks")
                    .pointer(planned)
                    .pointer(rowsAt)
                    .i32(rows.length)
                    .pointer(masksAt)
                    .start(words, tiles, 1, THREADS);
            int pitch = dim + 8;
            int shared =
                    (ROWS + STAGES * 2 * KEYS) * pitch * Short.BYTES
                            + SUMS * THREADS * Integer.BYTES;
            gpu.kernel(SOURCE, dim == 64 ? "profile_d64" : "profile_d128", shared)
                    .struct()
                    .pointer(q)
                    .pointer(k)
                    .pointer(o.v())
                    .pointer(masksAt)
                    .pointer(rowsAt)
                    .pointer(partialAt)
                    .i32(q.size(2))
                    .i32(k.size(2))
                    .i32(rows.length)
                    .i32(o.keyLimit())
                    .i32(end)
                    .i32(splits)
                    .f32((float) (o.scale() * LOG2_E))
                    .end()
                    .start((long) tiles * splits, heads, 1, THREADS);
            gpu.kernel(SOURCE, "profile_squares")
                    .pointer(partialAt)
                    .i32(rows.length)
                    .i32(splits)
                    .i32(dim)
                    .pointer(scratch.address())
                    .start(mergers, heads, 1, MERGERS);
            gpu.kernel(SOURCE, "profile_means")
                    .pointer(scratch.address())
                    .i32(mergers)
                    .i32(heads)
                    .i32(plan.kinds().size())
                    .f32((float) ((double) rows.length * dim))
                    .pointer(o.errors())
                    .pointer(o.energies())
                    .start(heads, AVERAGERS);
        }
    }

    /**
     * One past the last key, as stored, that a row may look at: what lies behind must not count,
     * nor cost.
     */
    private static int lastKept(int[] rows, AttentionPlan plan, int keyLimit) {
        int last = keyLimit;
        for (Kind kind : plan.kinds()) {
            for (int row : rows) {
                int query = kind.order().position(row);
                Segment segment = kind.pattern().segmentOf(query);
                for (Span span : segment.spans()) {
                    last = Math.max(last, stored(kind.order(), span.from(), span.to()));
                }
                last =
                        Math.max(
                                last,
                                stored(
                                        kind.order(),
                                        segment.bandFrom(query),
                                        segment.bandTo(query)));
            }
        }
        return last;
    }

    /** An end, as stored, of the keys that stand from {@code from} to {@code to}. */
    private static int stored(TokenOrder order, int from, int to) {
        if (from >= to) {
            return 0;
        }
        int moved = order.start() + order.rows() * order.columns();
        return order.isIdentity() || from >= moved || to <= order.start()
                ? to
                : Math.max(to, moved);
    }
}

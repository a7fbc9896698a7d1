package org.svgen.cuda;

import java.util.Arrays;
import java.util.List;
import org.svgen.cuda.Gpu.Scratch;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.AttentionPlan.Kind;
import org.svgen.tensor.op.KeyPattern.Segment;
import org.svgen.tensor.op.KeyPattern.Span;
import org.svgen.tensor.op.TokenOrder;

/** The profile of attention in bf16 in one pass over keys and values: kernels of profile.cu. */
final class TensorProfile {
    private static final String SOURCE = "profile";
    private static final int ROWS = 64; // of a tile
    private static final int KEYS = 64;
    private static final int THREADS = 128;
    private static final int STAGES = 2;
    private static final int KINDS = 2;
    private static final int WORD = 32; // keys
    private static final int NUMBERS = 2 * (KINDS + 1); // that a thread notes
    private static final int MERGED = 4; // rows of a block of profile_squares
    private static final int MERGERS = 256;
    private static final int CHOOSERS = 128;
    private static final int MOST_SPLITS = 64;
    private static final int KEYS_OF_A_SPLIT =
            4 * KEYS; // at least, so that splits are worth a block
    private static final double BUSY_ENOUGH = 0.95;
    private static final double LOG2_E = 1.4426950408889634;

    private final Gpu gpu;

    TensorProfile(Gpu gpu) {
        this.gpu = gpu;
    }

    boolean takes(Tensor q, Tensor k, Tensor v, int[] rows, AttentionPlan plan, float scale) {
        int dim = q.size(3);
        return (dim == 64 || dim == 128)
                && List.of(q, k, v).stream().allMatch(t -> t.dtype() == DType.BF16)
                && Wide.rows(8, dim, q, k, v)
                && rows.length > 0
                && scale > 0
                && plan.kinds().size() <= KINDS;
    }

    /**
     * @param planned where the plan lies on the device
     */
    void profile(
            Tensor q,
            Tensor k,
            Tensor v,
            int[] rows,
            AttentionPlan plan,
            long planned,
            int keyLimit,
            float scale,
            float tolerance,
            Tensor errors,
            Tensor kinds) {
        int dim = q.size(3);
        int heads = q.size(0) * q.size(1);
        int[] ascending = rows.clone();
        Arrays.sort(ascending);
        int end = lastKept(rows, plan, keyLimit);
        int tiles = Math.ceilDiv(rows.length, ROWS);
        int splits =
                splits(heads * tiles, end, gpu.device().multiprocessors() * (dim == 64 ? 3 : 2));
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
                            + NUMBERS * THREADS * Integer.BYTES;
            gpu.kernel(SOURCE, dim == 64 ? "profile_d64" : "profile_d128", shared)
                    .struct()
                    .pointer(q)
                    .pointer(k)
                    .pointer(v)
                    .pointer(masksAt)
                    .pointer(rowsAt)
                    .pointer(partialAt)
                    .i32(q.size(2))
                    .i32(k.size(2))
                    .i32(rows.length)
                    .i32(keyLimit)
                    .i32(end)
                    .i32(splits)
                    .f32((float) (scale * LOG2_E))
                    .end()
                    .start((long) tiles * splits, heads, 1, THREADS);
            gpu.kernel(SOURCE, "profile_squares")
                    .pointer(partialAt)
                    .i32(rows.length)
                    .i32(splits)
                    .i32(dim)
                    .pointer(scratch.address())
                    .start(mergers, heads, 1, MERGERS);
            gpu.kernel(SOURCE, "profile_choose")
                    .pointer(scratch.address())
                    .i32(mergers)
                    .i32(heads)
                    .i32(plan.kinds().size())
                    .f32(tolerance)
                    .f32((float) ((double) rows.length * dim))
                    .pointer(errors)
                    .pointer(kinds)
                    .start(heads, CHOOSERS);
        }
    }

    /** The fewest splits of the keys that leave few of {@code slots} for blocks without work. */
    private static int splits(int blocks, int keys, int slots) {
        int most = Math.clamp(Math.ceilDiv(keys, KEYS_OF_A_SPLIT), 1, MOST_SPLITS);
        int best = 1;
        double busiest = 0;
        for (int splits = 1; splits <= most && busiest < BUSY_ENOUGH; splits++) {
            long all = (long) blocks * splits;
            double busy = (double) all / (Math.ceilDiv(all, slots) * slots);
            if (busy > busiest) {
                busiest = busy;
                best = splits;
            }
        }
        return best;
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

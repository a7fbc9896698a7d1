package org.svgen.tensor.op;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/**
 * Attention by a map of blocks: {@code out[b, n, h]} is the mean of values under one softmax over
 *
 * <ul>
 *   <li>the keys of the blocks that the map keeps for the query's block, with scores {@code scale q
 *       k};
 *   <li>with a tail, each other block of keys that is not empty as a single key, with score {@code
 *       scale q kbar + ln(tokens of the block)} and its mean value (SVG-EAR, arXiv 2603.08982; the
 *       same is the remainder of Sol-Attn, arXiv 2607.24027).
 * </ul>
 *
 * <p>Keys that belong to no block do not count, nor in a tail. A query that has nothing to attend
 * to, or belongs to no block, gives zeros. Rows of {@code out} are in stored order whatever order
 * the map has. Sums go by ascending positions of keys, then by ascending blocks of the tail.
 *
 * @param density fraction of query-key pairs that the map is expected to keep; work is counted by
 *     it where nobody can look into the map
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record BlockAttentionOp(
        Tensor q, // [B, H, Nq, D]
        Tensor k, // [B, H, Nk, D]
        Tensor v, // [B, H, Nk, D]
        BlockMap map,
        @Nullable BlockTail tail,
        double density,
        float scale,
        Tensor out) // [B, Nq, H, D]
        implements Op {
    private static final int LEAST_QUERIES = 16; // of a part

    public BlockAttentionOp {
        Check.rank("q", q, 4);
        Check.rank("k", k, 4);
        Check.shape("k", k, q.size(0), q.size(1), k.size(2), q.size(3));
        Check.shape("v", v, k.shape().dims());
        Check.shape("out", out, q.size(0), q.size(2), q.size(1), q.size(3));
        map.check(q, k);
        if (tail != null) {
            Check.shape(
                    "tail keys", tail.keys(), q.size(0), q.size(1), map.keys().count(), q.size(3));
        }
        Check.that(density >= 0 && density <= 1, "density %s", density);
    }

    @Override
    public String name() {
        return "blockAttention";
    }

    @Override
    public BlockAttentionOp on(UnaryOperator<Tensor> tensors) {
        return new BlockAttentionOp(
                tensors.apply(q),
                tensors.apply(k),
                tensors.apply(v),
                map.on(tensors),
                tail == null ? null : tail.on(tensors),
                density,
                scale,
                tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        List<Object> operands = new ArrayList<>(Arrays.asList(q, k, v));
        operands.addAll(Arrays.asList(map.key()));
        operands.add(tail == null ? "" : tail.keys());
        operands.add(tail == null ? "" : tail.values());
        operands.add(density);
        operands.add(out);
        return Operands.key(name(), operands.toArray());
    }

    @Override
    public double operations() {
        double keys = density * k.size(2) + (tail == null ? 0 : map.keys().count());
        return 4.0 * q.elements() * keys;
    }

    /** Fewer heads; where one is too much, fewer queries of it. */
    @Override
    public BlockAttentionOp part(double share) {
        double heads = (double) q.size(0) * q.size(1) * share;
        int left = (int) Math.clamp(Math.floor(heads), 1, q.size(1));
        int all = q.size(2);
        int queries =
                heads >= 1 ? all : (int) Math.clamp(all * heads, Math.min(LEAST_QUERIES, all), all);
        int d = q.size(3);
        return new BlockAttentionOp(
                Tensor.phantom(q.dtype(), 1, left, queries, d),
                Tensor.phantom(k.dtype(), 1, left, k.size(2), d),
                Tensor.phantom(v.dtype(), 1, left, k.size(2), d),
                map.part(left, queries, k.size(2)),
                tail == null ? null : tail.part(left),
                density,
                scale,
                Tensor.phantom(out.dtype(), 1, queries, left, d));
    }

    @Override
    public int @Nullable [] numbers(Tensor operand) {
        return map.numbers(operand, q.size(2), k.size(2), density);
    }

    @Override
    public String variant() {
        return "kept %.2f%s".formatted(density, tail == null ? "" : ", tail");
    }
}

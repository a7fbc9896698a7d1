package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/**
 * How some queries share their attention among blocks of keys, key by key: {@code shares[m, r, j]}
 * is the sum of {@code exp(scale q k_t)} over the keys {@code t} of block {@code j}, over that of
 * all blocks, for the query {@code q} in place {@code rows[r]}. An empty block gets 0.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record BlockSharesOp(
        Tensor q, // [B, H, N, D]
        Tensor k, // [B, H, N, D]
        Tensor rows, // I32 [R]: of all heads
        Tensor bounds, // I32 [B * H, blocks + 1]
        float scale,
        Tensor shares) // F32 [B * H, R, blocks]
        implements Op {
    public BlockSharesOp {
        Check.rank("q", q, 4);
        Check.shape("k", k, q.shape().dims());
        Check.rank("rows", rows, 1);
        Check.rank("shares", shares, 3);
        int maps = Clustering.maps(q);
        Check.shape("shares", shares, maps, rows.size(0), shares.size(2));
        Check.shape("bounds", bounds, maps, shares.size(2) + 1L);
    }

    @Override
    public String name() {
        return "blockShares";
    }

    @Override
    public BlockSharesOp on(UnaryOperator<Tensor> tensors) {
        return new BlockSharesOp(
                tensors.apply(q),
                tensors.apply(k),
                tensors.apply(rows),
                tensors.apply(bounds),
                scale,
                tensors.apply(shares));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), q, k, rows, bounds, shares);
    }

    @Override
    public double operations() {
        return 2.0 * k.elements() * rows.size(0);
    }

    /** Fewer heads. */
    @Override
    public BlockSharesOp part(double share) {
        Tensor few = Cut.heads(q, share);
        int maps = few.size(1);
        return new BlockSharesOp(
                few,
                Cut.heads(k, share),
                rows,
                Cut.resized(bounds, 0, maps),
                scale,
                Cut.resized(shares, 0, maps));
    }

    @Override
    public int @Nullable [] numbers(Tensor operand) {
        return operand == rows
                ? Cut.repeated(1, rows.size(0), r -> r % q.size(2))
                : new TokenBlocks(bounds, null).numbers(operand, k.size(2));
    }
}

package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/**
 * How far off a key cluster's mean is in place of its keys, a token (SVG-EAR): {@code errors[m, c,
 * j] = ln(1 / n_j sum over t of || w_t v_t - w_j vbar_j ||^2)} over the {@code n_j} keys {@code t}
 * of cluster {@code j}, with {@code w_t = exp(scale q_c k_t)} and {@code w_j = exp(scale q_c
 * kbar_j)}; minus infinity where there are none or nothing is off. Blocks beside the clusters have
 * no error.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record BlockErrorOp(
        Tensor queries, // F32 [B, H, Cq, D], centroids
        Tensor k, // [B, H, N, D]
        Tensor v, // [B, H, N, D]
        Tensor bounds, // I32 [B * H, blocks + 1] of keys
        Tensor order, // I32 [B * H, N] of keys
        int first, // the block that is key cluster 0
        Tensor keys, // F32 [B, H, Ck, D], kbar
        Tensor values, // F32 [B, H, blocks, D], vbar of all blocks, as BlockMeansOp writes them
        float scale,
        Tensor errors) // F32 [B * H, Cq, Ck]
        implements Op {
    public BlockErrorOp {
        Clustering.heads(k, "queries", queries);
        Clustering.heads(k, "keys", keys);
        Check.shape("v", v, k.shape().dims());
        int maps = Clustering.maps(k);
        Clustering.bounds(bounds, maps, first, keys.size(2));
        Check.shape("values", values, k.size(0), k.size(1), bounds.size(1) - 1, k.size(3));
        Check.shape("order", order, maps, k.size(2));
        Check.shape("errors", errors, maps, queries.size(2), keys.size(2));
    }

    @Override
    public String name() {
        return "blockError";
    }

    @Override
    public BlockErrorOp on(UnaryOperator<Tensor> tensors) {
        return new BlockErrorOp(
                tensors.apply(queries),
                tensors.apply(k),
                tensors.apply(v),
                tensors.apply(bounds),
                tensors.apply(order),
                first,
                tensors.apply(keys),
                tensors.apply(values),
                scale,
                tensors.apply(errors));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), queries, k, v, bounds, order, keys, values, errors);
    }

    /** All keys with all queries, and the keys' means. */
    @Override
    public double operations() {
        return 2.0 * queries.elements() * (k.size(2) + keys.size(2));
    }

    /** Fewer heads. */
    @Override
    public BlockErrorOp part(double share) {
        Tensor few = Cut.heads(k, share);
        int maps = few.size(1);
        return new BlockErrorOp(
                Cut.heads(queries, share),
                few,
                Cut.heads(v, share),
                Cut.resized(bounds, 0, maps),
                Cut.resized(order, 0, maps),
                first,
                Cut.heads(keys, share),
                Cut.heads(values, share),
                scale,
                Cut.resized(errors, 0, maps));
    }

    @Override
    public int @Nullable [] numbers(Tensor operand) {
        return new TokenBlocks(bounds, order).numbers(operand, k.size(2));
    }
}

package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/**
 * The bits of a map by the scores of block means (Sol-Attn, arXiv 2607.24027, with the threshold
 * that it calls diagonal). With {@code s = scale log2(e)}, the mean {@code m} and the variance
 * {@code w} of each channel of the key means over all blocks that are not empty, block {@code i} of
 * queries that share a list scores block {@code j} of keys
 *
 * <pre>z = (s qbar_i . kbar_j - s qbar_i . m) / sqrt(s^2 sum_d qbar_id^2 w_d + 1e-6)</pre>
 *
 * <p>and keeps it if {@code z > tau}, or if the rule keeps it always. Where a density is asked for
 * instead of tau, pairs of tokens are counted in steps of z, and as many whole steps are kept, from
 * the highest, as the density has room for. Counts are whole numbers, so that their order does not
 * matter. Empty blocks are kept by nobody.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record ThresholdBlocksOp(
        Tensor queries, // [B, H, lists, D]: means of the queries that share a list
        Tensor keys, // [B, H, blocks, D]: means
        Tensor bounds, // I32 [B*H, blocks + 1]
        BlockThreshold rule,
        float scale,
        Tensor bits) // I32 [B*H, lists, ceil(blocks / 32)]
        implements Op {
    public ThresholdBlocksOp {
        Check.rank("queries", queries, 4);
        Check.rank("keys", keys, 4);
        int heads = keys.size(0) * keys.size(1);
        int blocks = keys.size(2);
        Check.that(rule.videoTo() <= blocks, "%s blocks, the video's end at %s", blocks, rule);
        int lists = rule.lists(blocks);
        Check.shape("queries", queries, keys.size(0), keys.size(1), lists, keys.size(3));
        Check.shape("bounds", bounds, heads, blocks + 1L);
        Check.shape("bits", bits, heads, lists, BlockMap.words(blocks));
    }

    @Override
    public String name() {
        return "thresholdBlocks";
    }

    @Override
    public ThresholdBlocksOp on(UnaryOperator<Tensor> tensors) {
        return new ThresholdBlocksOp(
                tensors.apply(queries),
                tensors.apply(keys),
                tensors.apply(bounds),
                rule,
                scale,
                tensors.apply(bits));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), queries, keys, bounds, rule.tau().isPresent(), bits);
    }

    /** Scores once for tau, twice to find it. */
    @Override
    public double operations() {
        double passes = rule.tau().isPresent() ? 1 : 2;
        return passes * 2 * queries.elements() * keys.size(2);
    }

    /** Fewer heads. */
    @Override
    public ThresholdBlocksOp part(double share) {
        Tensor few = Cut.heads(queries, share);
        int left = few.size(1);
        return new ThresholdBlocksOp(
                few,
                Cut.heads(keys, share),
                Cut.resized(bounds, 0, left),
                rule,
                scale,
                Cut.resized(bits, 0, left));
    }

    @Override
    public int @Nullable [] numbers(Tensor operand) {
        return operand == bounds
                ? Cut.repeated(bounds.size(0), bounds.size(1), block -> block)
                : null;
    }
}

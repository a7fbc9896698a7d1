package org.svgen.tensor.op;

import java.util.function.UnaryOperator;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/**
 * What stands in for blocks of keys that a query does not attend to key by key: each is one key,
 * which counts as often as the block has tokens ({@link BlockMeansOp} makes both).
 *
 * @param keys [B, H, key blocks, D]: the mean key of each block
 * @param values [B, H, key blocks, D]: the mean value of each block
 */
public record BlockTail(Tensor keys, Tensor values) {
    /** Checks that there is a value for each key. */
    public BlockTail {
        Check.rank("tail keys", keys, 4);
        Check.shape("tail values", values, keys.shape().dims());
    }

    BlockTail on(UnaryOperator<Tensor> tensors) {
        return new BlockTail(tensors.apply(keys), tensors.apply(values));
    }

    /** Of the first {@code heads} of one batch element. */
    BlockTail part(int heads) {
        return new BlockTail(part(keys, heads), part(values, heads));
    }

    private static Tensor part(Tensor t, int heads) {
        return Tensor.phantom(t.dtype(), 1, heads, t.size(2), t.size(3));
    }
}

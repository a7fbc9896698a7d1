package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/**
 * What a map keeps: {@code out[b, h] = kept query-key pairs / (queries * keys)}, pairs counted in
 * whole numbers. A tail does not count.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record BlockDensityOp(
        BlockMap map,
        int queries, // of a head
        int keys, // of a head
        Tensor out) // F32 [B, H]
        implements Op {
    public BlockDensityOp {
        Check.that(queries > 0 && keys > 0, "%s queries, %s keys", queries, keys);
        Check.rank("out", out, 2);
        Check.shape("which", map.which(), out.size(0), out.size(1));
        map.queries().check("queries", queries, map.which(), out);
        map.keys().check("keys", keys, map.which(), out);
    }

    @Override
    public String name() {
        return "blockDensity";
    }

    @Override
    public BlockDensityOp on(UnaryOperator<Tensor> tensors) {
        return new BlockDensityOp(map.on(tensors), queries, keys, tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        List<Object> key = Operands.key(name(), map.key());
        key.addAll(Operands.key("", queries, keys, out));
        return key;
    }

    /** Little beside the attention by the same map. */
    @Override
    public BlockDensityOp part(double share) {
        return this;
    }

    @Override
    public int @Nullable [] numbers(Tensor operand) {
        return map.numbers(operand, queries, keys, 1);
    }
}

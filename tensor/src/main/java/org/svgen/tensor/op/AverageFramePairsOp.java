package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/** Means of pairs of successive frames. */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record AverageFramePairsOp(
        Tensor x, // [2 T, H, W, C]
        Tensor out) // [T, H, W, C]
        implements Op {
    public AverageFramePairsOp {
        Check.rank("out", out, 4);
        Check.shape("x", x, 2L * out.size(0), out.size(1), out.size(2), out.size(3));
    }

    @Override
    public String name() {
        return "averageFramePairs";
    }

    @Override
    public AverageFramePairsOp on(UnaryOperator<Tensor> tensors) {
        return new AverageFramePairsOp(tensors.apply(x), tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), x, out);
    }

    @Override
    public AverageFramePairsOp part(double share) {
        return this;
    }
}

package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/** Repeats every frame {@code time} times and every pixel {@code space} times both ways. */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record UpsampleNearestOp(
        Tensor x, // [T, H, W, C]
        int time,
        int space,
        Tensor out) // [time T, space H, space W, C]
        implements Op {
    public UpsampleNearestOp {
        Check.rank("x", x, 4);
        Check.shape(
                "out",
                out,
                (long) x.size(0) * time,
                (long) x.size(1) * space,
                (long) x.size(2) * space,
                x.size(3));
    }

    @Override
    public String name() {
        return "upsampleNearest";
    }

    @Override
    public UpsampleNearestOp on(UnaryOperator<Tensor> tensors) {
        return new UpsampleNearestOp(tensors.apply(x), time, space, tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), x, out);
    }

    @Override
    public UpsampleNearestOp part(double share) {
        return this;
    }
}

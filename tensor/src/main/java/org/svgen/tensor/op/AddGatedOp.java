package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/** {@code out += gate * x}: a gated residual, the gate the same for all rows. */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record AddGatedOp(
        Tensor x, // [M, C]
        Tensor gate, // [C]
        Tensor out) // [M, C]
        implements Op {
    public AddGatedOp {
        Check.shape("gate", gate, x.size(-1));
        Check.elements("out", out, x.elements());
    }

    @Override
    public String name() {
        return "addGated";
    }

    @Override
    public AddGatedOp on(UnaryOperator<Tensor> tensors) {
        return new AddGatedOp(tensors.apply(x), tensors.apply(gate), tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), x, gate, out);
    }

    @Override
    public double bytes() {
        return (double) x.bytes() + gate.bytes() + 2.0 * out.bytes();
    }

    @Override
    public AddGatedOp part(double share) {
        return new AddGatedOp(Cut.along(0, x, share), gate, Cut.along(0, out, share));
    }
}

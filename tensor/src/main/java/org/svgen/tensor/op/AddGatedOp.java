package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/**
 * {@code out += gate * x}: a gated residual, the gate the same for all rows. {@code faults}, if
 * there are any, grow by the number of sums that are NaN or infinite: to count them here costs
 * nothing, since they are at hand.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record AddGatedOp(
        Tensor x, // [M, C]
        Tensor gate, // [C]
        Tensor out, // [M, C]
        @Nullable Tensor faults) // I32 [1]
        implements Op {
    public AddGatedOp {
        Check.shape("gate", gate, x.size(-1));
        Check.elements("out", out, x.elements());
        if (faults != null) {
            Check.elements("faults", faults, 1);
            Check.that(faults.dtype() == DType.I32, "faults are %s, expected i32", faults);
        }
    }

    /** Counts nothing. */
    public AddGatedOp(Tensor x, Tensor gate, Tensor out) {
        this(x, gate, out, null);
    }

    @Override
    public String name() {
        return "addGated";
    }

    @Override
    public AddGatedOp on(UnaryOperator<Tensor> tensors) {
        return new AddGatedOp(
                tensors.apply(x),
                tensors.apply(gate),
                tensors.apply(out),
                Operands.on(faults, tensors));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), x, gate, out, faults);
    }

    @Override
    public double bytes() {
        return (double) x.bytes() + gate.bytes() + 2.0 * out.bytes();
    }

    @Override
    public AddGatedOp part(double share) {
        return new AddGatedOp(Cut.along(0, x, share), gate, Cut.along(0, out, share), faults);
    }

    @Override
    public String variant() {
        return faults == null ? "" : "counted";
    }
}

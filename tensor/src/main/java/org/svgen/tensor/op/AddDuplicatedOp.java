package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/**
 * Adds to the {@code time} frames of {@code space} by {@code space} pixels of {@code out} that a
 * place of {@code x} becomes the place's channels, each repeated {@code Co time space^2 / Ci}
 * times. What they are repeated to stands in the order channel, frame, line, column. The last frame
 * is the last of a place, and the first place may have fewer frames than the others.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record AddDuplicatedOp(
        Tensor x, // [T, H, W, Ci]
        int time,
        int space,
        Tensor out) // [T time - k, H space, W space, Co], 0 <= k < time
        implements Op {
    public AddDuplicatedOp {
        Check.rank("x", x, 4);
        Check.rank("out", out, 4);
        Check.shape("x", x, Math.ceilDiv(out.size(0), time), x.size(1), x.size(2), x.size(3));
        Check.shape(
                "out",
                out,
                out.size(0),
                (long) x.size(1) * space,
                (long) x.size(2) * space,
                out.size(3));
        int values = out.size(3) * time * space * space;
        Check.that(values % x.size(3) == 0, "%s channels to %s values", x.size(3), values);
    }

    /** {@return how often a channel is repeated} */
    public int repeats() {
        return out.size(3) * time * space * space / x.size(3);
    }

    /** {@return frames of the first place that {@code out} lacks} */
    public int missing() {
        return x.size(0) * time - out.size(0);
    }

    @Override
    public String name() {
        return "addDuplicated";
    }

    @Override
    public AddDuplicatedOp on(UnaryOperator<Tensor> tensors) {
        return new AddDuplicatedOp(tensors.apply(x), time, space, tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), x, out);
    }

    @Override
    public double bytes() {
        return Operands.bytes(tensors()) + out.bytes();
    }

    @Override
    public AddDuplicatedOp part(double share) {
        return this;
    }
}

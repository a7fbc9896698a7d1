package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;

/**
 * Adds to each place of {@code out} what {@code x} has in the {@code time} frames of {@code space}
 * by {@code space} pixels that the place stands for, averaged to as many channels as {@code out}
 * has. These values stand in the order channel, frame, line, column; {@code g} that follow each
 * other become one, {@code g = Ci time space^2 / Co}. The last frame is the last of a place, and
 * frames that the first place lacks are zeros.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record AddAveragedOp(
        Tensor x, // [T, H, W, Ci]
        int time,
        int space,
        Tensor out) // [ceil(T / time), H / space, W / space, Co]
        implements Op {
    public AddAveragedOp {
        Check.rank("x", x, 4);
        Check.rank("out", out, 4);
        Check.shape(
                "x",
                x,
                x.size(0),
                (long) out.size(1) * space,
                (long) out.size(2) * space,
                x.size(3));
        Check.shape(
                "out", out, Math.ceilDiv(x.size(0), time), out.size(1), out.size(2), out.size(3));
        int values = x.size(3) * time * space * space;
        Check.that(values % out.size(3) == 0, "%s values in %s channels", values, out.size(3));
    }

    /** {@return values that are averaged to one} */
    public int group() {
        return x.size(3) * time * space * space / out.size(3);
    }

    /** {@return frames of the first place that are before those of {@code x}} */
    public int missing() {
        return out.size(0) * time - x.size(0);
    }

    @Override
    public String name() {
        return "addAveraged";
    }

    @Override
    public AddAveragedOp on(UnaryOperator<Tensor> tensors) {
        return new AddAveragedOp(tensors.apply(x), time, space, tensors.apply(out));
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
    public AddAveragedOp part(double share) {
        return this;
    }
}

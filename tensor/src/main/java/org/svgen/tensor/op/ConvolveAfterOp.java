package org.svgen.tensor.op;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Ops.ConvGeometry;

/**
 * A convolution as {@link Conv3dOp} makes it, of frames and what came before them: the last {@code
 * kt - 1} frames of {@code past}, whose first repeats where there are fewer.
 *
 * <p>{@code x} begins with room for those, which holds anything before and afterwards: they come to
 * lie there, if there is no shorter way. With {@code scratch}, which is of the type of {@code out}
 * and holds anything afterwards, the result is added to {@code out}.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record ConvolveAfterOp(
        Tensor past, // [P, H, W, Ci], of the type of x; may be frames of x
        Tensor x, // [kt - 1 + T, H, W, Ci]
        Weight weight, // [Co, Ci, kt, kh, kw], any float type
        @Nullable Tensor bias, // [Co]
        ConvGeometry geometry,
        @Nullable Tensor scratch, // as out
        Tensor out) // [(T - 1) / strideT + 1, Ho, Wo, Co]
        implements Op {
    public ConvolveAfterOp {
        OpChecks.convolution(x, weight, bias, geometry, out);
        Check.rank("past", past, 4);
        Check.shape("past", past, past.size(0), x.size(1), x.size(2), x.size(3));
        Check.that(past.dtype() == x.dtype(), "past is %s, x %s", past, x);
        Check.shape("scratch", scratch, out.shape().dims());
    }

    /** {@return frames that a filter looks back at} */
    public int back() {
        return weight.size(2) - 1;
    }

    /** {@return x without the room in front} */
    public Tensor frames() {
        return x.rows(back(), x.size(0));
    }

    /** {@return operations that do the same one after the other, where there is no shorter way} */
    public List<Op> steps() {
        List<Op> steps = new ArrayList<>();
        for (int i = 0; i < back(); i++) {
            int from = Math.max(0, past.size(0) - back() + i);
            steps.add(new ConvertOp(past.rows(from, from + 1), x.rows(i, i + 1)));
        }
        steps.add(
                scratch == null
                        ? new Conv3dOp(x, weight, bias, geometry, out)
                        : new Conv3dAddOp(x, weight, bias, geometry, scratch, out));
        return steps;
    }

    @Override
    public String name() {
        return "convolveAfter";
    }

    @Override
    public ConvolveAfterOp on(UnaryOperator<Tensor> tensors) {
        return new ConvolveAfterOp(
                tensors.apply(past),
                tensors.apply(x),
                weight.on(tensors),
                Operands.on(bias, tensors),
                geometry,
                Operands.on(scratch, tensors),
                tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), past, x, weight, bias, scratch, out);
    }

    @Override
    public double operations() {
        return 2.0 * out.elements() * weight.elements() / weight.size(0);
    }

    @Override
    public double bytes() {
        double room = (double) back() * x.bytes() / x.size(0);
        double all = Operands.bytes(tensors()) - room;
        return scratch == null ? all : all - scratch.bytes() + out.bytes();
    }

    /** Lower frames. */
    @Override
    public ConvolveAfterOp part(double share) {
        Tensor low = Cut.resized(x, 1, Conv3dOp.partHeight(x, weight, share));
        int height = Conv3dOp.outHeight(low, weight, geometry);
        return new ConvolveAfterOp(
                Cut.resized(past, 1, low.size(1)),
                low,
                weight,
                bias,
                geometry,
                scratch == null ? null : Cut.resized(scratch, 1, height),
                Cut.resized(out, 1, height));
    }

    @Override
    public String variant() {
        return scratch == null ? "" : "added";
    }
}

package org.svgen.tensor.op;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.tensor.op.Ops.ConvGeometry;

/**
 * Enlarges frames, then convolves them to as many and as large ones: every pixel is repeated {@code
 * space} times both ways, every frame but the first {@code time} times; before the first are copies
 * of it, and around all what {@code border} says.
 *
 * <p>{@code scratch} holds anything afterwards; what is enlarged, if there is no shorter way.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record ConvolveEnlargedOp(
        Tensor x, // [T, H, W, Ci]
        int time,
        int space,
        Weight weight, // [Co, Ci, kt, k, k], k odd, any float type
        @Nullable Tensor bias, // [Co]
        Border border,
        Tensor scratch, // [(T - 1) time + kt, space H, space W, Ci]
        Tensor out) // [(T - 1) time + 1, space H, space W, Co]
        implements Op {
    public ConvolveEnlargedOp {
        Check.rank("x", x, 4);
        OpChecks.channels(x, weight, bias);
        long k = weight.size(3);
        Check.that(k % 2 == 1 && weight.size(4) == k, "weight is %s, expected odd squares", weight);
        long frames = (x.size(0) - 1L) * time + 1;
        long height = (long) x.size(1) * space;
        long width = (long) x.size(2) * space;
        long before = weight.size(2) - 1;
        Check.shape("scratch", scratch, frames + before, height, width, x.size(3));
        Check.shape("out", out, frames, height, width, weight.size(0));
    }

    /** {@return operations that do the same one after the other, where there is no shorter way} */
    public List<Op> steps() {
        List<Op> steps = new ArrayList<>();
        int back = weight.size(2) - 1;
        Tensor first = scratch.rows(back, back + 1);
        steps.add(new UpsampleNearestOp(x.rows(0, 1), 1, space, first));
        if (x.size(0) > 1) {
            Tensor others = scratch.rows(back + 1, scratch.size(0));
            steps.add(new UpsampleNearestOp(x.rows(1, x.size(0)), time, space, others));
        }
        for (int i = 0; i < back; i++) {
            steps.add(new ConvertOp(first, scratch.rows(i, i + 1)));
        }
        int margin = weight.size(3) / 2;
        ConvGeometry same = new ConvGeometry(1, 1, margin, margin, margin, margin, border);
        steps.add(new Conv3dOp(scratch, weight, bias, same, out));
        return steps;
    }

    @Override
    public String name() {
        return "convolveEnlarged";
    }

    @Override
    public ConvolveEnlargedOp on(UnaryOperator<Tensor> tensors) {
        return new ConvolveEnlargedOp(
                tensors.apply(x),
                time,
                space,
                weight.on(tensors),
                Operands.on(bias, tensors),
                border,
                tensors.apply(scratch),
                tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), x, weight, bias, scratch, out);
    }

    @Override
    public double operations() {
        return 2.0 * out.elements() * weight.elements() / weight.size(0);
    }

    @Override
    public double bytes() {
        return Operands.bytes(tensors()) - scratch.bytes();
    }

    /** Lower frames. */
    @Override
    public ConvolveEnlargedOp part(double share) {
        int height = Math.clamp((int) (x.size(1) * share), 1, x.size(1));
        return new ConvolveEnlargedOp(
                Cut.resized(x, 1, height),
                time,
                space,
                weight,
                bias,
                border,
                Cut.resized(scratch, 1, height * space),
                Cut.resized(out, 1, height * space));
    }
}

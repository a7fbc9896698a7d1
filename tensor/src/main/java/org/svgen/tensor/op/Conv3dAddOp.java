package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Check;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Ops.ConvGeometry;

/**
 * {@code out += } a convolution as {@link Conv3dOp} makes it. {@code scratch} is of the type of
 * {@code out} and holds anything afterwards.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record Conv3dAddOp(
        Tensor x, // [T, H, W, Ci]
        Weight weight, // [Co, Ci, kt, kh, kw], any float type
        @Nullable Tensor bias, // [Co]
        ConvGeometry geometry,
        Tensor scratch, // as out
        Tensor out) // [(T - kt) / strideT + 1, Ho, Wo, Co]
        implements Op {
    public Conv3dAddOp {
        OpChecks.convolution(x, weight, bias, geometry, out);
        Check.shape("scratch", scratch, out.shape().dims());
    }

    /** {@return operations that do the same one after the other, where there is no shorter way} */
    public List<Op> steps() {
        return List.of(
                new Conv3dOp(x, weight, bias, geometry, scratch),
                new AxpbyOp(1, scratch, 1, out, out));
    }

    @Override
    public String name() {
        return "conv3dAdd";
    }

    @Override
    public Conv3dAddOp on(UnaryOperator<Tensor> tensors) {
        return new Conv3dAddOp(
                tensors.apply(x),
                weight.on(tensors),
                Operands.on(bias, tensors),
                geometry,
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
        return Operands.bytes(tensors()) - scratch.bytes() + out.bytes();
    }

    /** Lower frames. */
    @Override
    public Conv3dAddOp part(double share) {
        Tensor low = Cut.resized(x, 1, Conv3dOp.partHeight(x, weight, share));
        int height = Conv3dOp.outHeight(low, weight, geometry);
        return new Conv3dAddOp(
                low,
                weight,
                bias,
                geometry,
                Cut.resized(scratch, 1, height),
                Cut.resized(out, 1, height));
    }
}

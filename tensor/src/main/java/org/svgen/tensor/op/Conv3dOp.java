package org.svgen.tensor.op;

import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Ops.ConvGeometry;

/**
 * Three-dimensional cross-correlation of channels-last data, valid in time (no padding: causal
 * callers put earlier frames in front), padded in space as {@code geometry} says.
 */
@SuppressWarnings("doclint:missing") // each operand has its shape beside it
public record Conv3dOp(
        Tensor x, // [T, H, W, Ci]
        Weight weight, // [Co, Ci, kt, kh, kw], any float type
        @Nullable Tensor bias, // [Co]
        ConvGeometry geometry,
        Tensor out) // [(T - kt) / strideT + 1, Ho, Wo, Co]
        implements Op {
    public Conv3dOp {
        OpChecks.convolution(x, weight, bias, geometry, out);
    }

    @Override
    public String name() {
        return "conv3d";
    }

    @Override
    public Conv3dOp on(UnaryOperator<Tensor> tensors) {
        return new Conv3dOp(
                tensors.apply(x),
                weight.on(tensors),
                Operands.on(bias, tensors),
                geometry,
                tensors.apply(out));
    }

    @Override
    public List<Object> key() {
        return Operands.key(name(), x, weight, bias, out);
    }

    @Override
    public double operations() {
        return 2.0 * out.elements() * weight.elements() / weight.size(0);
    }

    /** Lower frames. */
    @Override
    public Conv3dOp part(double share) {
        Tensor low = Cut.resized(x, 1, partHeight(x, weight, share));
        int height = outHeight(low, weight, geometry);
        return new Conv3dOp(low, weight, bias, geometry, Cut.resized(out, 1, height));
    }

    static int partHeight(Tensor x, Weight weight, double share) {
        int height = x.size(1);
        return Math.clamp((int) (height * share), Math.min(weight.size(3), height), height);
    }

    static int outHeight(Tensor x, Weight weight, ConvGeometry g) {
        return (x.size(1) + g.top() + g.bottom() - weight.size(3)) / g.strideSpace() + 1;
    }
}

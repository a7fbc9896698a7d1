package org.svgen.models.hunyuan;

import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.tensor.op.Ops.ConvGeometry;

/**
 * A 3 x 3 x 3 convolution that looks back in time only; beyond its input there are copies of the
 * nearest frame and pixel (diffusers: {@code HunyuanVideoCausalConv3d}).
 */
record CausalConv(Tensor weight, Tensor bias) { // [Co, Ci, 3, 3, 3], [Co]
    private static final int BACK = 2;

    static CausalConv load(WeightSource weights, String name, int in, int out) {
        return new CausalConv(
                weights.tensor(name + ".conv.weight", out, in, 3, 3, 3),
                weights.tensor(name + ".conv.bias", out));
    }

    int outputs() {
        return weight.size(0);
    }

    /** Memory for an input of {@code t} frames and those before. */
    Tensor allocateInput(Workspace workspace, int t, int h, int w) {
        return workspace.allocate(BACK + t, h, w, weight.size(1));
    }

    /** As above, with a margin of one pixel around frames, whose content is the caller's affair. */
    Tensor allocateWideInput(Workspace workspace, int t, int h, int w) {
        return workspace.allocate(BACK + t, h + 2, w + 2, weight.size(1));
    }

    /** Where the frames themselves belong in {@code input}. */
    static Tensor frames(Tensor input) {
        return input.rows(BACK, input.size(0));
    }

    /** Convolves frames that lie elsewhere, into new memory. */
    Tensor applyTo(Workspace workspace, Tensor x, VaeScale stride) { // [T, H, W, Ci]
        Tensor out =
                workspace.allocate(
                        (x.size(0) - 1) / stride.time() + 1,
                        (x.size(1) - 1) / stride.space() + 1,
                        (x.size(2) - 1) / stride.space() + 1,
                        outputs());
        try (var _ = workspace.scope()) {
            Tensor input = allocateInput(workspace, x.size(0), x.size(1), x.size(2));
            workspace.ops().convert(x, frames(input));
            apply(workspace.ops(), input, stride, out);
        }
        return out;
    }

    /** [2 + T, H, W, Ci], of which the frames before need not be filled in. */
    void apply(Ops ops, Tensor input, VaeScale stride, Tensor out) {
        copyBefore(ops, input);
        ConvGeometry geometry =
                new ConvGeometry(stride.time(), stride.space(), 1, 1, 1, 1, Border.EDGE);
        ops.conv3d(input, weight, bias, geometry, out);
    }

    /** As above, of an input with a margin. */
    void applyWide(Ops ops, Tensor input, Tensor out) {
        copyBefore(ops, input);
        ops.conv3d(input, weight, bias, ConvGeometry.same(0), out);
    }

    /** As above, added to {@code out}. */
    void addWide(Ops ops, Tensor input, Tensor scratch, Tensor out) {
        copyBefore(ops, input);
        ops.conv3dAdd(input, weight, bias, ConvGeometry.same(0), scratch, out);
    }

    private static void copyBefore(Ops ops, Tensor input) {
        for (int i = 0; i < BACK; i++) {
            ops.convert(input.rows(BACK, BACK + 1), input.rows(i, i + 1));
        }
    }

    /**
     * Of frames that are enlarged first.
     *
     * @param scratch an input of the enlarged size
     */
    void applyEnlarged(Ops ops, Tensor x, VaeScale scale, Tensor scratch, Tensor out) {
        ops.convolveEnlarged(
                x, scale.time(), scale.space(), weight, bias, Border.EDGE, scratch, out);
    }
}

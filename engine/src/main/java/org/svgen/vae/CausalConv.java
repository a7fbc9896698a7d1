package org.svgen.vae;

import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.tensor.op.Ops.ConvGeometry;
import org.svgen.tensor.op.Weight;

/**
 * A 3 x 3 x 3 convolution that looks back in time only; before the first frame of all are copies of
 * it. Its input is written behind room for the frames before, so that nothing is copied to put them
 * together (diffusers: {@code CogVideoXCausalConv3d}, {@code HunyuanVideoCausalConv3d}).
 *
 * @param border what it reads beyond the sides of a frame
 */
public record CausalConv(Weight weight, Tensor bias, Border border) { // [Co, Ci, 3, 3, 3], [Co]
    /** Frames before that it looks at. */
    public static final int BACK = 2;

    public static CausalConv load(
            WeightSource weights, String name, int in, int out, Border border) {
        return new CausalConv(
                weights.weight(name + ".weight", out, in, 3, 3, 3),
                weights.tensor(name + ".bias", out),
                border);
    }

    public int inputs() {
        return weight.size(1);
    }

    public int outputs() {
        return weight.size(0);
    }

    /** Convolves frames that lie elsewhere, into new memory, and keeps each {@code stride}-th. */
    public Tensor applyTo(Pass pass, Tensor x, VaeScale stride) { // [T, H, W, Ci]
        Workspace workspace = pass.workspace();
        Tensor out =
                workspace.allocate(
                        (x.size(0) - 1) / stride.time() + 1,
                        (x.size(1) - 1) / stride.space() + 1,
                        (x.size(2) - 1) / stride.space() + 1,
                        outputs());
        try (var _ = workspace.scope()) {
            Tensor input = workspace.allocate(BACK + x.size(0), x.size(1), x.size(2), inputs());
            pass.ops().convert(x, frames(input));
            pass.cache().exchange(pass.ops(), BACK, input);
            ConvGeometry geometry =
                    new ConvGeometry(stride.time(), stride.space(), 1, 1, 1, 1, border);
            pass.ops().conv3d(input, weight, bias, geometry, out);
        }
        return out;
    }

    /**
     * Memory for {@code x}, to be written by a norm, and the frames before. A norm writes the
     * border too, unless that is zeros: a convolution without padding is the faster one.
     */
    Tensor allocateNormed(Workspace workspace, Tensor x) { // [2 + T, H + 2 m, W + 2 m, Ci]
        int sides = 2 * margin();
        return workspace.allocate(BACK + x.size(0), x.size(1) + sides, x.size(2) + sides, inputs());
    }

    private int margin() {
        return border == Border.EDGE ? 1 : 0;
    }

    /** Where the frames themselves belong in {@code input}. */
    static Tensor frames(Tensor input) {
        return input.rows(BACK, input.size(0));
    }

    /** Convolves what {@link #allocateNormed} gave. */
    void apply(Pass pass, Tensor input, Tensor out) {
        pass.cache().exchange(pass.ops(), BACK, input);
        pass.ops().conv3d(input, weight, bias, ConvGeometry.same(1 - margin()), out);
    }

    /** As above, added to {@code out}. */
    void add(Pass pass, Tensor input, Tensor scratch, Tensor out) {
        pass.cache().exchange(pass.ops(), BACK, input);
        pass.ops().conv3dAdd(input, weight, bias, ConvGeometry.same(1 - margin()), scratch, out);
    }
}

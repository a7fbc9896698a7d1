package org.svgen.vae;

import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.ConvolveAfterOp;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.tensor.op.Ops.ConvGeometry;
import org.svgen.tensor.op.Weight;

/**
 * A convolution that looks back in time only. Its input is written behind room for the frames
 * before, so that nothing is copied to put them together (diffusers: {@code CogVideoXCausalConv3d},
 * {@code HunyuanVideoCausalConv3d}, {@code WanCausalConv3d}).
 *
 * @param border what it reads beyond the sides of a frame
 * @param past what it reads before the first frame
 */
public record CausalConv(
        Weight weight, // [Co, Ci, kt, k, k], k odd
        Tensor bias, // [Co]
        Border border,
        Past past)
        implements VaeConv {

    /** Of 3 x 3 x 3, before whose first frame are copies of it. */
    public static CausalConv load(
            WeightSource weights, String name, int in, int out, Border border) {
        return load(weights, name, new long[] {out, in, 3, 3, 3}, border, Past.COPIES);
    }

    /** Of {@code kt} frames and {@code k} pixels each way, with zeros around and before. */
    public static CausalConv loadZeroPadded(
            WeightSource weights, String name, int in, int out, int kt, int k) {
        return load(weights, name, new long[] {out, in, kt, k, k}, Border.ZEROS, Past.ZEROS);
    }

    /** Of {@code kt} frames and {@code k} pixels each way: zeros around, the first frame before. */
    public static CausalConv loadBehindCopies(
            WeightSource weights, String name, int in, int out, int kt, int k) {
        return load(weights, name, new long[] {out, in, kt, k, k}, Border.ZEROS, Past.COPIES);
    }

    private static CausalConv load(
            WeightSource weights, String name, long[] shape, Border border, Past past) {
        return new CausalConv(
                weights.weight(name + ".weight", shape),
                weights.tensor(name + ".bias", shape[0]),
                border,
                past);
    }

    /** Frames before that it looks at. */
    public int back() {
        return weight.size(2) - 1;
    }

    public int inputs() {
        return weight.size(1);
    }

    @Override
    public int outputs() {
        return weight.size(0);
    }

    /**
     * Convolves frames that lie elsewhere, into new memory, and keeps each {@code stride}-th. No
     * frames are convolved to none, which begins what it looks back at, if that is zeros.
     */
    @Override
    public Tensor applyTo(Pass pass, Tensor x, VaeScale stride) { // [T, H, W, Ci]
        Workspace workspace = pass.workspace();
        Tensor out =
                workspace.allocate(
                        Math.ceilDiv(x.size(0), stride.time()),
                        (x.size(1) - 1) / stride.space() + 1,
                        (x.size(2) - 1) / stride.space() + 1,
                        outputs());
        try (var _ = workspace.scope()) {
            Tensor input = workspace.allocate(back() + x.size(0), x.size(1), x.size(2), inputs());
            if (x.size(0) > 0) {
                pass.ops().convert(x, frames(input));
            }
            lookBack(pass, input);
            int p = padding();
            ConvGeometry geometry =
                    new ConvGeometry(stride.time(), stride.space(), p, p, p, p, border);
            if (x.size(0) > 0) {
                pass.ops().conv3d(input, weight, bias, geometry, out);
            }
        }
        return out;
    }

    @Override
    public void applyNormed(Pass pass, VaeNorm norm, Tensor x, Tensor out) {
        convolveNormed(pass, norm, x, null, out);
    }

    @Override
    public void addNormed(Pass pass, VaeNorm norm, Tensor x, Tensor out) {
        convolveNormed(pass, norm, x, x, out);
    }

    /** Both by one operation, where frames before need not be put in front. */
    private void convolveNormed(
            Pass pass, VaeNorm norm, Tensor x, @Nullable Tensor scratch, Tensor out) {
        try (var _ = pass.workspace().scope()) {
            Tensor input = allocateNormed(pass.workspace(), x, norm.writesMargin());
            Tensor before = before(pass, input, out);
            if (before == null || !convolveAtOnce(pass, norm, x, before, input, scratch, out)) {
                norm.apply(pass, x, Activation.SILU, frames(input));
                convolve(pass, input, scratch, out);
            }
        }
    }

    private boolean convolveAtOnce(
            Pass pass,
            VaeNorm norm,
            Tensor x,
            Tensor before,
            Tensor input,
            @Nullable Tensor scratch,
            Tensor out) {
        return norm.handOver(
                pass,
                x,
                Activation.SILU,
                frames(input),
                of ->
                        pass.ops()
                                .convolveNormed(
                                        of,
                                        after(before, input, scratch, out),
                                        pass.cache().keepElsewhere(back(), input)));
    }

    /** What lies before the frames of {@code input}, if these need not lie behind it. */
    private @Nullable Tensor before(Pass pass, Tensor input, Tensor out) {
        boolean copiesSides =
                margin(input, out) > 0 && border == Border.EDGE; // of frames that lie together
        return copiesSides ? null : pass.cache().before(past, back(), input);
    }

    /** Pixels around those of {@code input} that are read. */
    private int margin(Tensor input, Tensor out) {
        return padding() - (input.size(1) - out.size(1)) / 2;
    }

    private ConvolveAfterOp after(
            Tensor before, Tensor input, @Nullable Tensor scratch, Tensor out) {
        return new ConvolveAfterOp(before, input, weight, bias, geometry(input, out), scratch, out);
    }

    private ConvGeometry geometry(Tensor input, Tensor out) {
        int p = margin(input, out);
        return new ConvGeometry(1, 1, p, p, p, p, p == 0 ? Border.ZEROS : border);
    }

    /** What {@link #apply} takes, in memory of the scope that is open. */
    Tensor normed(Pass pass, VaeNorm norm, Tensor x) {
        Tensor input = allocateNormed(pass.workspace(), x, norm.writesMargin());
        norm.apply(pass, x, Activation.SILU, frames(input));
        return input;
    }

    private void lookBack(Pass pass, Tensor input) {
        if (back() > 0) {
            pass.cache().exchange(pass.ops(), past, back(), input);
        }
    }

    /**
     * Memory for {@code x}, to be written by a norm, and the frames before. A norm that can writes
     * the border too, unless that is zeros: a convolution without padding is the faster one.
     */
    Tensor allocateNormed( // [2 + T, H + 2 m, W + 2 m, Ci]
            Workspace workspace, Tensor x, boolean withMargin) {
        int sides = withMargin && border == Border.EDGE ? 2 * padding() : 0;
        return workspace.allocate(
                back() + x.size(0), x.size(1) + sides, x.size(2) + sides, inputs());
    }

    private int padding() {
        return weight.size(3) / 2;
    }

    /** Where the frames themselves belong in {@code input}. */
    Tensor frames(Tensor input) {
        return input.rows(back(), input.size(0));
    }

    /** Convolves what {@link #allocateNormed} gave. */
    void apply(Pass pass, Tensor input, Tensor out) {
        convolve(pass, input, null, out);
    }

    /** As above, added to {@code out}. */
    void add(Pass pass, Tensor input, Tensor scratch, Tensor out) {
        convolve(pass, input, scratch, out);
    }

    private void convolve(Pass pass, Tensor input, @Nullable Tensor scratch, Tensor out) {
        Ops ops = pass.ops();
        ConvGeometry geometry = geometry(input, out);
        Tensor before = before(pass, input, out);
        if (before != null) {
            ops.convolveAfter(before, input, weight, bias, geometry, scratch, out);
            pass.cache().keep(ops, back(), input);
            return;
        }
        lookBack(pass, input);
        if (scratch == null) {
            ops.conv3d(input, weight, bias, geometry, out);
        } else {
            ops.conv3dAdd(input, weight, bias, geometry, scratch, out);
        }
    }
}

package org.svgen.models.cosmos;

import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Ops.Border;
import org.svgen.tensor.op.Weight;
import org.svgen.vae.CausalConv;
import org.svgen.vae.Pass;
import org.svgen.vae.Pointwise;
import org.svgen.vae.Resample;
import org.svgen.vae.VaeScale;

/**
 * Repeats frames, all but the first of all, and adds a convolution in time; repeats pixels, and
 * adds a convolution of each frame; then maps channels (diffusers: {@code CosmosUpsample3d}).
 *
 * @param time [C, C, 3, 1, 1]; none where frames stay
 * @param space [C, C, 1, 3, 3]; none where pixels stay
 */
record CosmosUpsample(@Nullable CausalConv time, @Nullable Space space, Pointwise last)
        implements Resample {
    /** A convolution of enlarged frames. */
    record Space(Weight weight, Tensor bias) {}

    static CosmosUpsample load(WeightSource w, int channels, boolean inTime, boolean inSpace) {
        return new CosmosUpsample(
                inTime ? CausalConv.loadBehindCopies(w, "conv1", channels, channels, 3, 1) : null,
                inSpace
                        ? new Space(
                                w.weight("conv2.weight", channels, channels, 1, 3, 3),
                                w.tensor("conv2.bias", channels))
                        : null,
                Pointwise.load(w, "conv3", channels, channels));
    }

    @Override
    public Tensor apply(Pass pass, Tensor x) { // [T, H, W, C]
        Workspace workspace = pass.workspace();
        int single = time != null && pass.cache().first() ? 1 : 0;
        int t = time == null ? x.size(0) : 2 * x.size(0) - single;
        int scale = space == null ? 1 : 2;
        long h = (long) x.size(1) * scale;
        long w = (long) x.size(2) * scale;
        Tensor out = workspace.allocate(t, h, w, x.size(3));
        try (var _ = workspace.scope()) {
            Tensor frames = time == null ? x : doubleFrames(pass, time, x, single, t);
            Tensor large = space == null ? frames : enlarge(pass.ops(), workspace, space, frames);
            last.linear()
                    .apply(
                            pass.ops(),
                            large.reshape(t * h * w, x.size(3)),
                            out.reshape(t * h * w, x.size(3)));
        }
        return out;
    }

    private static Tensor doubleFrames(
            Pass pass, CausalConv time, Tensor x, int single, int frames) {
        Ops ops = pass.ops();
        Tensor repeated = pass.workspace().allocate(frames, x.size(1), x.size(2), x.size(3));
        if (single == 1) {
            ops.convert(x.rows(0, 1), repeated.rows(0, 1));
        }
        if (x.size(0) > single) {
            ops.upsampleNearest(x.rows(single, x.size(0)), 2, 1, repeated.rows(single, frames));
        }
        Tensor change = time.applyTo(pass, repeated, VaeScale.NONE);
        ops.axpby(1, repeated, 1, change, change);
        return change;
    }

    private static Tensor enlarge(Ops ops, Workspace workspace, Space space, Tensor x) {
        long[] dims = {x.size(0), 2L * x.size(1), 2L * x.size(2), x.size(3)};
        Tensor out = workspace.allocate(dims);
        try (var _ = workspace.scope()) {
            Tensor scratch = workspace.allocate(dims);
            ops.convolveEnlarged(x, 1, 2, space.weight(), space.bias(), Border.ZEROS, scratch, out);
        }
        ops.addDuplicated(x, 1, 2, out);
        return out;
    }
}

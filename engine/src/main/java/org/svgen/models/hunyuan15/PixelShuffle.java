package org.svgen.models.hunyuan15;

import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;
import org.svgen.vae.VaeScale;

/**
 * Channels that are told apart first by what they are to each other in time, line and column, then
 * by themselves, become frames and pixels, and back (diffusers: {@code _dcae_upsample_rearrange},
 * {@code _dcae_downsample_rearrange}).
 */
record PixelShuffle(VaeScale scale) {
    /** Values of a place that become one channel's. */
    private int values() {
        return scale.time() * scale.space() * scale.space();
    }

    /** [T, H, W, values C] to [T time, H space, W space, C] of new memory. */
    Tensor apart(Workspace workspace, Tensor x) {
        int channels = x.size(3) / values();
        Tensor out =
                workspace.allocate(
                        x.dtype(),
                        (long) x.size(0) * scale.time(),
                        (long) x.size(1) * scale.space(),
                        (long) x.size(2) * scale.space(),
                        channels);
        apart(workspace.ops(), x, out);
        return out;
    }

    /** As above, into {@code out}. */
    void apart(Ops ops, Tensor x, Tensor out) {
        if (x.size(0) == 0) {
            return;
        }
        int s = scale.space();
        int channels = out.size(3);
        ops.permute(
                x.reshape(x.size(0), x.size(1), x.size(2), scale.time(), s, s, channels),
                new int[] {0, 3, 1, 4, 2, 5, 6},
                out.reshape(x.size(0), scale.time(), x.size(1), s, x.size(2), s, channels));
    }

    /** [T time, H space, W space, C] to [T, H, W, values C] of new memory. */
    Tensor together(Workspace workspace, Tensor x) {
        int t = x.size(0) / scale.time();
        int h = x.size(1) / scale.space();
        int w = x.size(2) / scale.space();
        int s = scale.space();
        int channels = x.size(3);
        Tensor out = workspace.allocate(x.dtype(), t, h, w, (long) values() * channels);
        if (t > 0) {
            workspace
                    .ops()
                    .permute(
                            x.reshape(t, scale.time(), h, s, w, s, channels),
                            new int[] {0, 2, 4, 1, 3, 5, 6},
                            out.reshape(t, h, w, scale.time(), s, s, channels));
        }
        return out;
    }
}

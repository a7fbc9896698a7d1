package org.svgen.models.wan;

import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.vae.VaeNetwork;

/**
 * Squares of pixels that are the channels of one place: colour by colour, and of each colour column
 * by column (diffusers: {@code patchify}, {@code unpatchify}).
 */
final class WanPatches {
    private WanPatches() {}

    /** A network that takes pixels where {@code network} takes patches. */
    static VaeNetwork before(VaeNetwork network, int side) {
        return side == 1
                ? network
                : (workspace, cache, x) ->
                        network.apply(workspace, cache, gather(workspace, x, side));
    }

    /** A network that gives pixels where {@code network} gives patches. */
    static VaeNetwork behind(VaeNetwork network, int side) {
        return side == 1
                ? network
                : (workspace, cache, x) ->
                        scatter(workspace, network.apply(workspace, cache, x), side);
    }

    private static Tensor gather(Workspace workspace, Tensor x, int side) { // [T, H, W, C]
        int t = x.size(0);
        int h = x.size(1) / side;
        int w = x.size(2) / side;
        int c = x.size(3);
        Tensor out = workspace.allocate(DType.F32, t, h, w, (long) c * side * side);
        workspace
                .ops()
                .permute(
                        x.reshape((long) t * h, side, w, side, c),
                        new int[] {0, 2, 4, 3, 1},
                        out.reshape((long) t * h, w, c, side, side));
        return out;
    }

    private static Tensor scatter(Workspace workspace, Tensor x, int side) { // [T, H, W, C]
        int t = x.size(0);
        int h = x.size(1);
        int w = x.size(2);
        int c = x.size(3) / (side * side);
        Tensor out = workspace.allocate(DType.F32, t, (long) h * side, (long) w * side, c);
        workspace
                .ops()
                .permute(
                        x.reshape((long) t * h, w, c, side, side),
                        new int[] {0, 4, 1, 3, 2},
                        out.reshape((long) t * h, side, w, side, c));
        return out;
    }
}

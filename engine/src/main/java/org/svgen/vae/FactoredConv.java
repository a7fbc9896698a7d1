package org.svgen.vae;

import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * A convolution of each frame, then one of the frames at each place (diffusers: {@code
 * CosmosConvProjection3d}).
 *
 * @param space of 1 x k x k
 * @param time of kt x 1 x 1
 */
public record FactoredConv(CausalConv space, CausalConv time) implements VaeConv {
    @Override
    public int outputs() {
        return time.outputs();
    }

    @Override
    public Tensor applyTo(Pass pass, Tensor x, VaeScale stride) {
        return time.applyTo(pass, space.applyTo(pass, x, stride), VaeScale.NONE);
    }

    @Override
    public void applyNormed(Pass pass, VaeNorm norm, Tensor x, Tensor out) {
        try (var _ = pass.workspace().scope()) {
            time.apply(pass, inSpace(pass, norm, x), out);
        }
    }

    @Override
    public void addNormed(Pass pass, VaeNorm norm, Tensor x, Tensor out) {
        try (var _ = pass.workspace().scope()) {
            time.add(pass, inSpace(pass, norm, x), x, out);
        }
    }

    /** Written behind room for the frames before. */
    private Tensor inSpace(Pass pass, VaeNorm norm, Tensor x) { // [2 + T, H, W, C]
        Workspace workspace = pass.workspace();
        Tensor input =
                workspace.allocate(time.back() + x.size(0), x.size(1), x.size(2), space.outputs());
        try (var _ = workspace.scope()) {
            space.apply(pass, space.normed(pass, norm, x), time.frames(input));
        }
        return input;
    }
}

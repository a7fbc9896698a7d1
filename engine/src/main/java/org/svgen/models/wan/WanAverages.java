package org.svgen.models.wan;

import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Ops;
import org.svgen.vae.BlockShortcut;
import org.svgen.vae.VaeScale;

/**
 * Averages what a block is given to the size of what the block makes (diffusers: {@code
 * AvgDown3D}).
 */
record WanAverages(VaeScale scale) implements BlockShortcut {
    @Override
    public void add(Ops ops, Tensor x, Tensor out) { // [T, H, W, Ci], [T', H', W', Co]
        ops.addAveraged(x, scale.time(), scale.space(), out);
    }
}

package org.svgen.models.wan;

import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Ops;
import org.svgen.vae.BlockShortcut;
import org.svgen.vae.VaeScale;

/**
 * Repeats what a block is given to the size of what the block makes (diffusers: {@code DupUp3D}).
 */
record WanDuplicates(VaeScale scale) implements BlockShortcut {
    @Override
    public void add(Ops ops, Tensor x, Tensor out) { // [T, H, W, Ci], [T', H', W', Co]
        ops.addDuplicated(x, scale.time(), scale.space(), out);
    }
}

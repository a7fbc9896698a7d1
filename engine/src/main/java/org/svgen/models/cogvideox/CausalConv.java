package org.svgen.models.cogvideox;

import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops.ConvGeometry;

/**
 * A 3 x 3 x 3 convolution that looks back in time only. Its input is written behind room for the
 * frames before, so that nothing is copied to put them together (diffusers: {@code
 * CogVideoXCausalConv3d}).
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

    /** Where the frames themselves belong in {@code input}. */
    static Tensor frames(Tensor input) {
        return input.rows(BACK, input.size(0));
    }

    /** Convolves frames that lie elsewhere, into new memory. */
    Tensor applyTo(VaeBatch batch, Tensor x) { // [T, H, W, Ci] -> [T, H, W, Co]
        Workspace workspace = batch.workspace();
        Tensor out = VaeResnet.allocateLike(workspace, x, outputs());
        try (var _ = workspace.scope()) {
            Tensor input = allocateInput(workspace, x.size(0), x.size(1), x.size(2));
            batch.ops().convert(x, frames(input));
            apply(batch, input, out);
        }
        return out;
    }

    /** [2 + T, H, W, Ci] -> [T, H, W, Co]. */
    void apply(VaeBatch batch, Tensor input, Tensor out) {
        batch.cache().exchange(batch.ops(), BACK, input);
        batch.ops().conv3d(input, weight, bias, ConvGeometry.same(1), out);
    }

    /** As above, added to {@code out}. */
    void add(VaeBatch batch, Tensor input, Tensor scratch, Tensor out) {
        batch.cache().exchange(batch.ops(), BACK, input);
        batch.ops().conv3dAdd(input, weight, bias, ConvGeometry.same(1), scratch, out);
    }
}

package org.svgen.vae;

import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;

/** A norm, SiLU and a causal convolution. */
public record NormedConv(VaeNorm norm, CausalConv conv) {
    /** {@code out} may be {@code x}. */
    void apply(Pass pass, Tensor x, Tensor out) { // [T, H, W, Ci] -> [T, H, W, Co]
        try (var _ = pass.workspace().scope()) {
            conv.apply(pass, normed(pass, x), out);
        }
    }

    /** As above, added to {@code out}; {@code x} holds anything afterwards. */
    void add(Pass pass, Tensor x, Tensor out) {
        try (var _ = pass.workspace().scope()) {
            conv.add(pass, normed(pass, x), x, out);
        }
    }

    private Tensor normed(Pass pass, Tensor x) {
        Workspace workspace = pass.workspace();
        Tensor input = conv.allocateNormed(workspace, x, norm.writesMargin());
        norm.apply(pass, x, Activation.SILU, conv.frames(input));
        return input;
    }
}

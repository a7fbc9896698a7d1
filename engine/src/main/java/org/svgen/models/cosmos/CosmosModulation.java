package org.svgen.models.cosmos;

import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.Linear;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * What tokens are modulated by: two narrow layers over the time, beside what all blocks share
 * (diffusers: {@code CosmosAdaLayerNorm}, {@code CosmosAdaLayerNormZero}).
 */
record CosmosModulation(Linear down, Linear up) {
    static final int SHIFT = 0;
    static final int SCALE = 1;
    static final int GATE = 2;

    /**
     * @param parts shift, scale and perhaps a gate
     */
    static CosmosModulation load(CosmosConfig c, WeightSource w, int parts) {
        return new CosmosModulation(
                Linear.load(w, "linear_1", c.width(), c.modulation(), false),
                Linear.load(w, "linear_2", c.modulation(), parts * c.width(), false));
    }

    /** {@return [parts, C], F32 in memory of {@code workspace}} */
    Tensor apply(Workspace workspace, CosmosTime time) {
        int width = time.silu().size(1);
        int parts = up.outputs() / width;
        Tensor out = workspace.allocate(DType.F32, parts, width);
        try (var _ = workspace.scope()) {
            Tensor narrow = workspace.allocate(DType.F32, 1, down.outputs());
            down.apply(workspace.ops(), time.silu(), narrow);
            up.apply(workspace.ops(), narrow, out.reshape(1, up.outputs()));
        }
        workspace.ops().axpby(1, out, 1, time.shared().rows(0, parts), out);
        return out;
    }
}

package org.svgen.models.cosmos;

import java.lang.foreign.Arena;
import java.util.Arrays;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Weight;

/**
 * A learned embedding of each frame, row and column (diffusers: {@code
 * CosmosLearnablePositionalEmbed}).
 *
 * @param frames [places, C]
 * @param rows [places, C]
 * @param columns [places, C]
 */
record CosmosPlaces(Tensor frames, Tensor rows, Tensor columns) {
    /** Diffusers adds 1e-6 to the root; as long as a place is no zero, that is no difference. */
    private static final float EPS = 1e-12f;

    static CosmosPlaces load(CosmosConfig c, WeightSource w) {
        return new CosmosPlaces(
                w.tensor("pos_emb_t", c.places().get(0), c.width()),
                w.tensor("pos_emb_h", c.places().get(1), c.width()),
                w.tensor("pos_emb_w", c.places().get(2), c.width()));
    }

    /** {@return the sum for each token, its root mean square 1: [V, C] of {@code workspace}} */
    Tensor of(Workspace workspace, CosmosGrid grid) {
        Ops ops = workspace.ops();
        int frame = grid.frameTokens();
        int width = frames.size(1);
        Tensor out = workspace.allocate(grid.tokens(), width);
        try (Arena arena = Arena.ofConfined();
                var _ = workspace.scope()) {
            Tensor place = workspace.allocate(DType.F32, frame, width);
            Tensor sum = workspace.allocate(DType.F32, frame, width);
            Tensor part = workspace.allocate(DType.F32, frame, width);
            int[] ids = new int[frame];
            Arrays.setAll(ids, i -> i / grid.columns());
            look(workspace, arena, ids, rows, place);
            Arrays.setAll(ids, i -> i % grid.columns());
            look(workspace, arena, ids, columns, part);
            ops.axpby(1, place, 1, part, place);
            for (int f = 0; f < grid.frames(); f++) {
                Arrays.fill(ids, f);
                look(workspace, arena, ids, frames, part);
                ops.axpby(1, place, 1, part, sum);
                Tensor tokens = out.rows((long) f * frame, (f + 1L) * frame);
                ops.rmsNorm(sum, null, EPS, tokens);
            }
        }
        return out;
    }

    private static void look(
            Workspace workspace, Arena arena, int[] ids, Tensor table, Tensor out) {
        try (var _ = workspace.scope()) {
            Tensor places = workspace.copyOf(Tensor.of(arena, ids, ids.length));
            workspace.ops().embedding(places, Weight.of(table), out);
        }
    }
}

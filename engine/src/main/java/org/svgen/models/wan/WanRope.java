package org.svgen.models.wan;

import java.lang.foreign.Arena;
import org.svgen.nn.Rope3d;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * Rotary tables of the video's tokens.
 *
 * @param cos F32 [V, D]
 * @param sin F32 [V, D]
 */
record WanRope(Tensor cos, Tensor sin) {
    private static final double THETA = 10000;

    /** Lives as long as the enclosing scope of the workspace. */
    static WanRope of(WanConfig c, WanGrid grid, Workspace workspace) {
        Rope3d tables =
                Rope3d.precise(c.ropeDims(), THETA, grid.frames(), grid.rows(), grid.columns());
        return new WanRope(
                rows(workspace, tables.cos(), c.headDim()),
                rows(workspace, tables.sin(), c.headDim()));
    }

    private static Tensor rows(Workspace workspace, float[] values, int columns) {
        try (Arena arena = Arena.ofConfined()) {
            return workspace.copyOf(Tensor.of(arena, values, values.length / columns, columns));
        }
    }
}

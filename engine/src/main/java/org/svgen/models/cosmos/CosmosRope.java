package org.svgen.models.cosmos;

import java.lang.foreign.Arena;
import org.svgen.nn.Rope3d;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * Rotary tables of the video's tokens (diffusers: {@code CosmosRotaryPosEmbed}).
 *
 * @param cos F32 [V, D]
 * @param sin F32 [V, D]
 */
record CosmosRope(Tensor cos, Tensor sin) {
    private static final double THETA = 10000;

    /** Frames of a second that are as far apart as the tables' places. */
    private static final float FRAMES_PER_SECOND = 24;

    /** Lives as long as the enclosing scope of the workspace. */
    static CosmosRope of(CosmosConfig c, CosmosGrid grid, double fps, Workspace workspace) {
        Rope3d tables = tables(c, grid, fps);
        return new CosmosRope(
                rows(workspace, tables.cos(), c.headDim()),
                rows(workspace, tables.sin(), c.headDim()));
    }

    static Rope3d tables(CosmosConfig c, CosmosGrid grid, double fps) {
        int[] dims = c.ropeDims();
        double[] thetas = new double[3];
        for (int axis = 0; axis < 3; axis++) {
            double stretch = dims[axis] / (dims[axis] - 2.0);
            thetas[axis] = THETA * Math.pow(c.ropeScale().get(axis), stretch);
        }
        float[] frames = Rope3d.integers(grid.frames());
        for (int f = 0; f < frames.length; f++) {
            frames[f] = frames[f] / (float) fps * FRAMES_PER_SECOND;
        }
        return Rope3d.of(
                dims,
                thetas,
                frames,
                Rope3d.integers(grid.rows()),
                Rope3d.integers(grid.columns()));
    }

    private static Tensor rows(Workspace workspace, float[] values, int columns) {
        try (Arena arena = Arena.ofConfined()) {
            return workspace.copyOf(Tensor.of(arena, values, values.length / columns, columns));
        }
    }
}

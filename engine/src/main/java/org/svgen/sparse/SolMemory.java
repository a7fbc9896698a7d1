package org.svgen.sparse;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Collections;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.TokenBlocks;

/**
 * What a run's calls by blocks share, and what they kept.
 *
 * @param bounds I32 [branches * heads, blocks + 1], on the device
 * @param order I32 [branches * heads, tokens], on the device; none for tokens as they are stored
 * @param densities F32 [layers, branches, heads], on the device: what each head kept
 * @param hostDensities as {@code densities}, in host memory
 */
public record SolMemory(
        Tensor bounds, @Nullable Tensor order, Tensor densities, Tensor hostDensities) {
    /**
     * Takes what a run needs.
     *
     * @param workspace memory of the steps
     * @param host owns host memory
     * @param geometry where text and video lie
     * @param order in which video tokens are cut into blocks
     * @param layers number of layers
     * @param branches of guidance
     * @param heads of a layer
     * @return the memory
     */
    public static SolMemory allocate(
            Workspace workspace,
            Arena host,
            VideoGeometry geometry,
            BlockOrder order,
            int layers,
            int branches,
            int heads) {
        int maps = branches * heads;
        VideoBlocks blocks = VideoBlocks.of(geometry, 0);
        return new SolMemory(
                DeviceInts.copy(workspace, Collections.nCopies(maps, blocks.bounds())),
                order == BlockOrder.RASTER
                        ? null
                        : DeviceInts.copy(
                                workspace, Collections.nCopies(maps, order.stored(geometry))),
                workspace.allocate(DType.F32, layers, branches, heads),
                Tensor.zeros(host, DType.F32, layers, branches, heads));
    }

    int layers() {
        return densities.size(0);
    }

    /** Those of a call for {@code heads} heads of all branches together. */
    TokenBlocks blocks(int heads) {
        return new TokenBlocks(bounds.rows(0, heads), order == null ? null : order.rows(0, heads));
    }

    /** What a call for {@code count} branches writes. */
    Tensor densities(int layer, int branch, int count) {
        return densities.get(layer).rows(branch, branch + (long) count);
    }

    /** What the heads of a layer kept: [branches, heads]. */
    double[][] kept(int layer) {
        double[][] kept = new double[densities.size(1)][densities.size(2)];
        for (int b = 0; b < kept.length; b++) {
            for (int h = 0; h < kept[b].length; h++) {
                long at = ((long) layer * kept.length + b) * kept[b].length + h;
                kept[b][h] = hostDensities.host().getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
            }
        }
        return kept;
    }
}

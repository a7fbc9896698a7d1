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
 * What a run's calls by blocks kept.
 *
 * @param densities F32 [layers, branches, heads], on the device: what each head kept
 * @param hostDensities as {@code densities}, in host memory
 */
public record BlockMemory(Tensor densities, Tensor hostDensities) {
    /**
     * Takes what a run needs.
     *
     * @param workspace memory of the steps
     * @param host owns host memory
     * @param layers number of layers
     * @param branches of guidance
     * @param heads of a layer
     * @return the memory
     */
    public static BlockMemory allocate(
            Workspace workspace, Arena host, int layers, int branches, int heads) {
        return new BlockMemory(
                workspace.allocate(DType.F32, layers, branches, heads),
                Tensor.zeros(host, DType.F32, layers, branches, heads));
    }

    /**
     * {@return the same blocks for each of some maps, on the device}
     *
     * @param bounds of the blocks
     * @param order where the token at each position is stored; none: as they are stored
     */
    static TokenBlocks blocks(Workspace workspace, int maps, int[] bounds, int @Nullable [] order) {
        return new TokenBlocks(
                DeviceInts.copy(workspace, Collections.nCopies(maps, bounds)),
                order == null
                        ? null
                        : DeviceInts.copy(workspace, Collections.nCopies(maps, order)));
    }

    /** Of the first maps: a call may have fewer branches than the run. */
    static TokenBlocks first(TokenBlocks blocks, int maps) {
        Tensor order = blocks.order();
        return new TokenBlocks(
                blocks.bounds().rows(0, maps), order == null ? null : order.rows(0, maps));
    }

    int layers() {
        return densities.size(0);
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

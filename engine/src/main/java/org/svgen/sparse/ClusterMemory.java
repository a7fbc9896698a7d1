package org.svgen.sparse;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * What clusters are from call to call of a layer, for all branches of guidance.
 *
 * @param starts the tokens that are the first centroids, I32 [branches * heads * clusters], as rows
 *     of all heads
 * @param queries centroids F32 [layers, branches, heads, clusters, headDim]
 * @param keyStarts as {@code starts}, of keys
 * @param keys centroids F32 [layers, branches, heads, clusters, headDim]
 * @param keyBounds I32 [layers, branches * heads, blocks + 1]: how many keys each cluster has
 * @param densities F32 [layers, branches, heads]: fraction of pairs that a step's calls kept
 * @param hostDensities the same in host memory
 */
public record ClusterMemory(
        Tensor starts,
        Tensor queries,
        Tensor keyStarts,
        Tensor keys,
        Tensor keyBounds,
        Tensor densities,
        Tensor hostDensities) {
    /**
     * The sizes of a run.
     *
     * @param layers number of layers
     * @param branches of guidance
     * @param heads of a layer
     * @param headDim elements of a head
     */
    public record Sizes(int layers, int branches, int heads, int headDim) {}

    /**
     * Takes what a run needs.
     *
     * @param workspace memory of the steps
     * @param host owns host memory
     * @param sizes of the run
     * @param geometry where text and video lie
     * @param queryStarts the tokens that are the first centroids of queries
     * @param keyStarts the same of keys
     * @return the memory
     */
    public static ClusterMemory allocate(
            Workspace workspace,
            Arena host,
            Sizes sizes,
            VideoGeometry geometry,
            int[] queryStarts,
            int[] keyStarts) {
        int maps = sizes.branches * sizes.heads;
        return new ClusterMemory(
                starts(workspace, host, maps, geometry.tokens(), queryStarts),
                centroids(workspace, sizes, queryStarts.length),
                starts(workspace, host, maps, geometry.tokens(), keyStarts),
                centroids(workspace, sizes, keyStarts.length),
                workspace.allocate(
                        DType.I32,
                        sizes.layers,
                        maps,
                        keyStarts.length + Grouping.textBlocks(geometry) + 1L),
                workspace.allocate(DType.F32, sizes.layers, sizes.branches, sizes.heads),
                Tensor.zeros(host, DType.F32, sizes.layers, sizes.branches, sizes.heads));
    }

    private static Tensor starts(
            Workspace workspace, Arena host, int maps, int tokens, int[] each) {
        int[] rows = new int[maps * each.length];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Math.addExact(i / each.length * tokens, each[i % each.length]);
        }
        return workspace.copyOf(Tensor.of(host, rows, rows.length));
    }

    private static Tensor centroids(Workspace workspace, Sizes sizes, int clusters) {
        return workspace.allocate(
                DType.F32, sizes.layers, sizes.branches, sizes.heads, clusters, sizes.headDim);
    }

    int layers() {
        return densities.size(0);
    }

    int branches() {
        return densities.size(1);
    }

    int heads() {
        return densities.size(2);
    }

    /** What a call for {@code count} branches has of [layers, branches, ...]. */
    static Tensor of(Tensor all, int layer, int branch, int count) {
        return all.get(layer).rows(branch, branch + (long) count);
    }

    Tensor bounds(int layer, int branch, int count) {
        return keyBounds
                .get(layer)
                .rows((long) branch * heads(), (long) (branch + count) * heads());
    }

    /** The fraction of pairs that each head of a layer kept [branches, heads]. */
    double[][] kept(int layer) {
        double[][] kept = new double[branches()][heads()];
        for (int i = 0; i < branches() * heads(); i++) {
            long at = (long) layer * branches() * heads() + i;
            kept[i / heads()][i % heads()] =
                    hostDensities.host().getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
        }
        return kept;
    }
}

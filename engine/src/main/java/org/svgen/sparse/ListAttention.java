package org.svgen.sparse;

import java.util.Arrays;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.svgen.state.State;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.BlockMap;
import org.svgen.tensor.op.BlockTail;
import org.svgen.tensor.op.TokenBlocks;

/**
 * Attention by lists: tokens are cut into blocks, and {@link BlockLists} give each block of queries
 * the blocks of keys that it attends to, call by call. Means may stand in for the blocks that are
 * left out. Dense in the warm-up. Nothing is carried from step to step.
 */
public final class ListAttention implements AttentionPolicy {
    private final BlockLists lists;
    private final boolean tail;
    private final WarmUp warmUp;
    private final Precisions precisions;
    private final AttentionPlan allKeys;
    private final double allPairs;
    private final BlockMemory memory;
    private final Backend backend;
    private final AttentionStatistics statistics;
    private final Course course;
    private final boolean[] sparse; // [layers]: calls were sparse
    private int step;
    private double timestep;

    /**
     * The method that makes these lists.
     *
     * @param geometry where text and video lie
     * @param lists what is attended to
     * @param tail whether means stand in for the other blocks
     * @param warmUp which steps and layers attend densely
     * @param precisions of the warm-up; other calls are in full precision
     * @param memory what allocate gave
     * @param backend computes
     * @param statistics takes what is attended to
     * @param course the denoiser's steps
     */
    public ListAttention(
            VideoGeometry geometry,
            BlockLists lists,
            boolean tail,
            WarmUp warmUp,
            Precisions precisions,
            BlockMemory memory,
            Backend backend,
            AttentionStatistics statistics,
            Course course) {
        this.lists = lists;
        this.tail = tail;
        this.warmUp = warmUp;
        this.precisions = precisions;
        this.allKeys = Dense.plan(geometry);
        this.allPairs = (double) geometry.tokens() * geometry.tokens();
        this.memory = memory;
        this.backend = backend;
        this.statistics = statistics;
        this.course = course;
        this.sparse = new boolean[memory.layers()];
    }

    @Override
    public void beginStep(int step, double timestep) {
        this.step = step;
        this.timestep = timestep;
        statistics.beginStep(course.weight(step));
        Arrays.fill(sparse, false);
    }

    @Override
    public void attend(
            Workspace workspace, int layer, int branch, Tensor q, Tensor k, Tensor v, Tensor out) {
        if (warmUp.dense(step, timestep, layer)) {
            Dense.attend(workspace, allKeys, precisions.warmUp(), statistics, q, k, v, out);
            return;
        }
        sparse[layer] = true;
        try (Workspace.Scope _ = workspace.scope()) {
            attend(workspace, q, k, v, memory.densities(layer, branch, q.size(0)), out);
        }
    }

    private void attend(
            Workspace workspace, Tensor q, Tensor k, Tensor v, Tensor densities, Tensor out) {
        BlockLists.Lists found = lists.of(workspace, q, k);
        BlockMap map = found.map();
        workspace.ops().blockDensity(map, q.size(2), k.size(2), densities);
        BlockTail means = null;
        if (tail) {
            Tensor keys = found.keyMeans();
            means =
                    new BlockTail(
                            keys == null ? means(workspace, k, map.keys(), map.which()) : keys,
                            means(workspace, v, map.keys(), map.which()));
        }
        workspace.ops().blockAttention(q, k, v, map, means, lists.expected(), Dense.scale(q), out);
    }

    /** Of each block of each head, until the enclosing scope closes. */
    static Tensor means(Workspace workspace, Tensor x, TokenBlocks blocks, @Nullable Tensor which) {
        Tensor means = workspace.allocate(x.size(0), x.size(1), blocks.count(), x.size(3));
        workspace.ops().blockMeans(x, blocks, which, means);
        return means;
    }

    @Override
    public void endStep() {
        backend.download(memory.densities(), memory.hostDensities());
        for (int layer = 0; layer < sparse.length; layer++) {
            if (sparse[layer]) {
                statistics.countSparse(layer, memory.kept(layer), allPairs);
            }
        }
    }

    @Override
    public void skipStep(int step, OptionalDouble error) {
        statistics.skipStep(course.weight(step), error);
    }

    @Override
    public void state(State state) {}

    @Override
    public AttentionStatistics statistics() {
        return statistics;
    }
}

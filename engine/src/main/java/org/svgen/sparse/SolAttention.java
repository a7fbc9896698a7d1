package org.svgen.sparse;

import java.util.Arrays;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.svgen.state.State;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.BlockMap;
import org.svgen.tensor.op.BlockTail;
import org.svgen.tensor.op.BlockThreshold;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.TokenBlocks;

/**
 * Sol-Attn (arXiv 2607.24027): tokens are cut into blocks of {@value VideoBlocks#SIZE}; a block of
 * queries attends to the blocks of keys whose mean scores high against its own mean, to its
 * neighbours and to the text; text attends to all. Means stand in for the blocks that are left out.
 * Nothing is carried from step to step.
 */
public final class SolAttention implements AttentionPolicy {
    private final SolRules rules;
    private final VideoBlocks blocks;
    private final BlockThreshold threshold;
    private final double allPairs;
    private final WarmUp warmUp;
    private final AttentionPlan allKeys;
    private final SolMemory memory;
    private final Backend backend;
    private final AttentionStatistics statistics;
    private final Course course;
    private final boolean[] sparse; // [layers]: calls were sparse
    private int step;
    private double timestep;

    /**
     * The method with these rules.
     *
     * @param geometry where text and video lie
     * @param rules what is kept
     * @param warmUp which steps and layers attend densely
     * @param memory what allocate gave
     * @param backend computes
     * @param statistics takes what is attended to
     * @param course the denoiser's steps
     */
    public SolAttention(
            VideoGeometry geometry,
            SolRules rules,
            WarmUp warmUp,
            SolMemory memory,
            Backend backend,
            AttentionStatistics statistics,
            Course course) {
        this.rules = rules;
        this.blocks = VideoBlocks.of(geometry, 0);
        this.threshold = rules.threshold(geometry, blocks);
        this.allPairs = threshold.allPairs();
        this.warmUp = warmUp;
        this.allKeys = Dense.plan(geometry);
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
            Dense.attend(workspace, allKeys, rules.precision().warmUp(), statistics, q, k, v, out);
            return;
        }
        sparse[layer] = true;
        try (Workspace.Scope _ = workspace.scope()) {
            attend(workspace, q, k, v, memory.densities(layer, branch, q.size(0)), out);
        }
    }

    private void attend(
            Workspace workspace, Tensor q, Tensor k, Tensor v, Tensor densities, Tensor out) {
        Ops ops = workspace.ops();
        int heads = q.size(0) * q.size(1);
        TokenBlocks tokens = memory.blocks(heads);
        Tensor queries = means(workspace, q, tokens);
        Tensor keys = means(workspace, k, tokens);
        Tensor bits =
                workspace.allocate(
                        DType.I32, heads, blocks.count(), BlockMap.words(blocks.count()));
        float scale = Dense.scale(q);
        ops.thresholdBlocks(queries, keys, tokens.bounds(), threshold, scale, bits);
        BlockMap map = new BlockMap(tokens, tokens, bits, null);
        ops.blockDensity(map, q.size(2), k.size(2), densities);
        BlockTail tail = tail(workspace, keys, v, tokens);
        ops.blockAttention(q, k, v, map, tail, rules.expected(blocks), scale, out);
    }

    private @Nullable BlockTail tail(
            Workspace workspace, Tensor keys, Tensor v, TokenBlocks tokens) {
        return rules.tail() ? new BlockTail(keys, means(workspace, v, tokens)) : null;
    }

    private Tensor means(Workspace workspace, Tensor x, TokenBlocks tokens) {
        Tensor means = workspace.allocate(x.size(0), x.size(1), blocks.count(), x.size(3));
        workspace.ops().blockMeans(x, tokens, null, means);
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

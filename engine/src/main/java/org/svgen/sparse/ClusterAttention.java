package org.svgen.sparse;

import java.util.Arrays;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.svgen.sparse.ClusterRules.Metric;
import org.svgen.sparse.ClusterRules.Routing;
import org.svgen.state.State;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.AttentionPrecision;
import org.svgen.tensor.op.BlockMap;
import org.svgen.tensor.op.BlockTail;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.RouteBlocksOp.Limit;

/**
 * Attention by content: tokens of queries and of keys are clustered in each call, and each cluster
 * of queries attends to some clusters of keys (Sparse VideoGen 2, method: 2), perhaps with the
 * means of the others (SVG-EAR, sota: A.4). Text attends to all, and all attend to text; dense in
 * the warm-up. Clusters begin with those of the call before of the same layer and branch of
 * guidance.
 */
public final class ClusterAttention implements AttentionPolicy {
    private final VideoGeometry g;
    private final ClusterRules rules;
    private final ClusterShares shares;
    private final WarmUp warmUp;
    private final AttentionPrecision dense;
    private final AttentionPlan allKeys;
    private final ClusterMemory memory;
    private final Backend backend;
    private final AttentionStatistics statistics;
    private final boolean[][] known; // [layers, branches]: there are centroids of a call before
    private final boolean[] sparse; // [layers]: calls of this step were
    private int step;
    private double timestep;

    /**
     * Nothing clustered yet.
     *
     * @param geometry where text and video lie
     * @param rules how tokens are clustered
     * @param shares what clusters of queries get
     * @param warmUp which steps and layers attend densely
     * @param dense in how many bits these multiply
     * @param memory what allocate gave
     * @param backend computes
     * @param statistics takes what is attended to
     */
    public ClusterAttention(
            VideoGeometry geometry,
            ClusterRules rules,
            ClusterShares shares,
            WarmUp warmUp,
            AttentionPrecision dense,
            ClusterMemory memory,
            Backend backend,
            AttentionStatistics statistics) {
        this.g = geometry;
        this.rules = rules;
        this.shares = shares;
        this.warmUp = warmUp;
        this.dense = dense;
        this.allKeys = Dense.plan(geometry);
        this.memory = memory;
        this.backend = backend;
        this.statistics = statistics;
        this.known = new boolean[memory.layers()][memory.branches()];
        this.sparse = new boolean[memory.layers()];
    }

    @Override
    public void beginStep(int newStep, double newTimestep) {
        step = newStep;
        timestep = newTimestep;
        Arrays.fill(sparse, false);
        statistics.beginStep(0);
    }

    @Override
    public void attend(
            Workspace workspace, int layer, int branch, Tensor q, Tensor k, Tensor v, Tensor out) {
        if (warmUp.dense(step, timestep, layer)) {
            Dense.attend(workspace, allKeys, dense, statistics, q, k, v, out);
            return;
        }
        sparse[layer] = true;
        int count = q.size(0);
        try (var _ = workspace.scope()) {
            Tensor centroids = ClusterMemory.of(memory.queries(), layer, branch, count);
            Grouping queries = Grouping.allocate(workspace, g, centroids, null);
            Grouping keys =
                    Grouping.allocate(
                            workspace,
                            g,
                            ClusterMemory.of(memory.keys(), layer, branch, count),
                            memory.bounds(layer, branch, count));
            cluster(workspace, known[layer][branch], queries, q, keys, k);
            Arrays.fill(known[layer], branch, branch + count, true);
            BlockTail means = means(workspace, keys, k, v);
            BlockMap map = route(workspace, queries, keys, means, k, v);
            workspace
                    .ops()
                    .blockAttention(
                            q,
                            k,
                            v,
                            map,
                            rules.tail() ? means : null,
                            shares.expected(step, g),
                            Dense.scale(q),
                            out);
            Tensor densities = ClusterMemory.of(memory.densities(), layer, branch, count);
            workspace.ops().blockDensity(map, g.tokens(), g.tokens(), densities);
        }
    }

    private boolean byError() {
        return rules.routing() == Routing.ERROR;
    }

    /** Queries in the metric of the keys of the call before, then keys in that of the queries. */
    private void cluster(
            Workspace workspace,
            boolean before,
            Grouping queries,
            Tensor q,
            Grouping keys,
            Tensor k) {
        boolean interaction = rules.metric() == Metric.INTERACTION;
        int iterations = before ? rules.iterations() : rules.firstIterations();
        if (!before) {
            queries.start(workspace.ops(), q, memory.starts());
            keys.start(workspace.ops(), k, memory.keyStarts());
        }
        queries.cluster(workspace, q, iterations, interaction && before ? keys : null);
        keys.cluster(workspace, k, iterations, interaction ? queries : null);
    }

    /** Of keys and values by block, where somebody asks for them. */
    private @Nullable BlockTail means(Workspace workspace, Grouping keys, Tensor k, Tensor v) {
        if (!rules.tail() && !byError()) {
            return null;
        }
        long blocks = keys.blocks().count();
        Tensor ofKeys = workspace.allocate(DType.F32, k.size(0), k.size(1), blocks, k.size(3));
        Tensor ofValues = workspace.allocate(DType.F32, ofKeys.shape().dims());
        workspace.ops().blockMeans(k, keys.blocks(), null, ofKeys);
        workspace.ops().blockMeans(v, keys.blocks(), null, ofValues);
        return new BlockTail(ofKeys, ofValues);
    }

    private BlockMap route(
            Workspace workspace,
            Grouping queries,
            Grouping keys,
            @Nullable BlockTail means,
            Tensor k,
            Tensor v) {
        Ops ops = workspace.ops();
        int maps = k.size(0) * k.size(1);
        int first = Grouping.first(g);
        float scale = Dense.scale(k);
        int words = BlockMap.words(keys.blocks().count());
        Tensor bits = workspace.allocate(DType.I32, maps, queries.blocks().count(), words);
        Limit limit = shares.limit(step, g, rules.keys());
        Tensor masses = null;
        if (shares.byMass() || !byError()) {
            masses = workspace.allocate(DType.F32, maps, rules.queries(), rules.keys());
            ops.blockMass(
                    queries.centroids(), keys.centroids(), keys.bounds(), first, scale, masses);
        }
        Tensor scores = masses;
        if (means != null && byError()) {
            scores = workspace.allocate(DType.F32, maps, rules.queries(), rules.keys());
            ops.blockError(
                    queries.centroids(),
                    k,
                    v,
                    keys.bounds(),
                    keys.order(),
                    first,
                    keys.centroids(),
                    means.values(),
                    scale,
                    scores);
        }
        if (scores == null) {
            throw new IllegalStateException("nothing to route by");
        }
        ops.routeBlocks(scores, byError() ? masses : null, keys.bounds(), first, limit, bits);
        return new BlockMap(queries.blocks(), keys.blocks(), bits, null);
    }

    @Override
    public void endStep() {
        backend.download(memory.densities(), memory.hostDensities());
        double pairs = (double) g.tokens() * g.tokens();
        for (int layer = 0; layer < memory.layers(); layer++) {
            if (sparse[layer]) {
                statistics.countSparse(layer, memory.kept(layer), pairs);
            }
        }
    }

    @Override
    public void skipStep(int skipped, OptionalDouble error) {
        statistics.skipStep(0, error);
    }

    /** Centroids, and how many keys each has, which weighs them for queries. */
    @Override
    public void state(State state) {
        for (int layer = 0; layer < memory.layers(); layer++) {
            for (int branch = 0; branch < memory.branches(); branch++) {
                String name = layer + "." + branch;
                known[layer][branch] = state.flag("known." + name, known[layer][branch]);
                if (known[layer][branch]) {
                    state.tensor(
                            "queries." + name,
                            ClusterMemory.of(memory.queries(), layer, branch, 1));
                    state.tensor("keys." + name, ClusterMemory.of(memory.keys(), layer, branch, 1));
                    state.tensor("bounds." + name, memory.bounds(layer, branch, 1));
                }
            }
        }
    }

    @Override
    public AttentionStatistics statistics() {
        return statistics;
    }
}

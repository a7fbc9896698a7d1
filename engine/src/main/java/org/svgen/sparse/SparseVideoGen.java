package org.svgen.sparse;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.svgen.state.State;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.AttentionPrecision;
import org.svgen.tensor.op.Ops;

/**
 * The method: dense in the warm-up; elsewhere every call finds the errors of bands in both orders
 * on a few query rows, gives each head a band or all keys, and attends by that (paper, section 4;
 * method: 1.1). A {@link DensityBudget} gives heads bands of different widths; without one there is
 * one width. What is chosen and measured stays on the device until the step ends.
 */
public final class SparseVideoGen implements AttentionPolicy {
    /** Multipliers are floats, and are multiplied by energies. */
    private static final double LEAST_WORTH = 1e-30;

    private static final double MOST_WORTH = 1e30;

    private final SparseRules rules;
    private final WarmUp warmUp;
    private final AttentionPlan allKeys;
    private final SparseMemory memory;
    private final Backend backend;
    private final AttentionStatistics statistics;
    private final Course course;
    private final Optional<DensityBudget> budget;
    private final float[] costs; // [choices]
    private final float[] baseCosts; // [choices]: of calls before anything is known of errors
    private final double[] densities; // [choices]
    private final @Nullable HeadKind[][] uniform; // [layers, branches]: all heads of the call
    private final boolean[] sparse; // [layers]: calls were sparse
    private final int[] profiled; // [layers]: branches of a call that was profiled; 0 was not
    private long sampled; // how often rows were drawn
    private long audited; // the same of the audit's rows
    private boolean whole; // whether the last layer attended: a cache may skip what is left
    private int step;
    private double timestep;

    /**
     * The method with these rules.
     *
     * @param geometry where text and video lie
     * @param rules what sparse calls do
     * @param warmUp which steps and layers attend densely
     * @param memory what allocate gave
     * @param backend computes
     * @param statistics takes what is attended to
     * @param course the denoiser's steps
     * @param budget spends the density; none gives each head the same
     */
    public SparseVideoGen(
            VideoGeometry geometry,
            SparseRules rules,
            WarmUp warmUp,
            SparseMemory memory,
            Backend backend,
            AttentionStatistics statistics,
            Course course,
            Optional<DensityBudget> budget) {
        this.rules = rules;
        this.warmUp = warmUp;
        this.allKeys = Dense.plan(geometry);
        this.memory = memory;
        this.backend = backend;
        this.statistics = statistics;
        this.course = course;
        this.budget = budget;
        this.densities = rules.choices().densities();
        this.costs = costs(densities, budget.isPresent());
        this.baseCosts = costs(densities, false);
        if (budget.isPresent()) {
            Arrays.fill(baseCosts, Float.POSITIVE_INFINITY);
            rules.choices().base().forEach(choice -> baseCosts[choice] = 0);
        }
        this.uniform = new HeadKind[memory.layers()][memory.branches()];
        this.sparse = new boolean[memory.layers()];
        this.profiled = new int[memory.layers()];
    }

    /** One for each band and for dense attention, which the official choices lack. */
    private float[] costs(double[] densities, boolean counted) {
        float[] costs = new float[rules.profile().kinds().size() + 1];
        for (int i = 0; counted && i < densities.length; i++) {
            costs[i] = (float) densities[i];
        }
        return costs;
    }

    @Override
    public void beginStep(int step, double timestep) {
        this.step = step;
        this.timestep = timestep;
        statistics.beginStep(course.weight(step) * memory.heads());
        for (HeadKind[] branches : uniform) {
            Arrays.fill(branches, null);
        }
        Arrays.fill(sparse, false);
        Arrays.fill(profiled, 0);
        whole = false;
    }

    @Override
    public void attend(
            Workspace workspace, int layer, int branch, Tensor q, Tensor k, Tensor v, Tensor out) {
        Ops ops = workspace.ops();
        whole |= layer == memory.layers() - 1;
        boolean dense = warmUp.dense(step, timestep, layer);
        if (dense || looksFirst()) {
            if (!dense || foretells(layer)) {
                profile(ops, memory.probe(), sampled(), layer, branch, q, k, v);
                profiled[layer] = q.size(0);
            }
            AttentionPrecision precision = rules.precisions().warmUp();
            Dense.attend(workspace, allKeys, precision, statistics, q, k, v, out);
            return;
        }
        sparse[layer] = true;
        HeadKind kind = rules.fixed();
        if (kind == null) {
            int[] rows = sampled();
            if (!rules.temporalByNan(rows)) {
                profiled[layer] = q.size(0);
                attendByProfile(workspace, rows, layer, branch, q, k, v, out);
                return;
            }
            kind = HeadKind.TEMPORAL;
        }
        Arrays.fill(uniform[layer], branch, branch + q.size(0), kind);
        int choice = rules.choices().base().get(kind.ordinal());
        if (memory.maps().isPresent()) {
            try (Workspace.Scope _ = workspace.scope()) {
                Tensor same = BandMaps.same(workspace, choice, q.size(0), q.size(1));
                memory.maps().get().attend(workspace, q, k, v, same, out);
            }
            return;
        }
        AttentionPlan.Kind only = rules.choices().plan().kinds().get(choice);
        AttentionPlan plan = new AttentionPlan(List.of(only));
        ops.attention(q, k, v, plan, null, Dense.scale(q), rules.precisions().behind(), out);
    }

    private int[] sampled() {
        sampled++;
        return rules.rows().rows();
    }

    /** Rows are drawn again, so that those that follow are as they would have been. */
    @Override
    public void state(State state) {
        sampled = drawn(rules.rows(), sampled, state.whole("sampled", sampled));
        RowSource audit = rules.audit().orElse(() -> new int[0]);
        audited = drawn(audit, audited, state.whole("audited", audited));
    }

    private static long drawn(RowSource rows, long from, long to) {
        for (long i = from; i < to; i++) {
            rows.rows();
        }
        return to;
    }

    /** Whether errors must be known before a band is given, for a limit of the error to hold. */
    private boolean looksFirst() {
        return budget.isPresent() && budget.get().limited() && budget.get().multiplier().isEmpty();
    }

    /** Whether a dense call is looked at, so that the budget knows errors before it is spent. */
    private boolean foretells(int layer) {
        int next = step + 1;
        return budget.isPresent()
                && budget.get().multiplier().isEmpty()
                && next < course.timesteps().length // perhaps the next denoiser's
                && !warmUp.dense(next, course.timesteps()[next], layer);
    }

    private void profile(
            Ops ops, Probe into, int[] rows, int layer, int branch, Tensor q, Tensor k, Tensor v) {
        ops.profile(
                q,
                k,
                v,
                rows,
                rules.profile(),
                rules.keyLimit(),
                Dense.scale(q),
                into.errors(layer, branch, q.size(0)),
                into.energies(layer, branch, q.size(0)));
    }

    private void attendByProfile(
            Workspace workspace,
            int[] rows,
            int layer,
            int branch,
            Tensor q,
            Tensor k,
            Tensor v,
            Tensor out) {
        Ops ops = workspace.ops();
        int count = q.size(0);
        profile(ops, memory.probe(), rows, layer, branch, q, k, v);
        if (rules.audit().isPresent() && memory.audit().isPresent()) {
            int[] more = rules.audit().get().rows();
            audited++;
            profile(ops, memory.audit().get(), more, layer, branch, q, k, v);
        }
        Tensor kinds = memory.kinds(layer, branch, count);
        OptionalDouble worth = budget.map(DensityBudget::multiplier).orElse(OptionalDouble.empty());
        ops.chooseKinds(
                memory.probe().errors(layer, branch, count),
                memory.probe().energies(layer, branch, count),
                worth.isPresent() ? costs : baseCosts,
                multipliers(worth, branch, count),
                rules.tolerance() * rules.tolerance(),
                kinds);
        if (memory.maps().isPresent()) {
            memory.maps().get().attend(workspace, q, k, v, kinds, out);
            return;
        }
        AttentionPlan plan = rules.choices().plan();
        ops.attention(q, k, v, plan, kinds, Dense.scale(q), rules.precisions().behind(), out);
    }

    /** What a unit of density is worth in each branch: less in one whose errors count more. */
    private float[] multipliers(OptionalDouble worth, int branch, int count) {
        float[] multipliers = new float[count];
        for (int b = 0; b < count && budget.isPresent(); b++) {
            double weight = course.weights()[step][branch + b];
            multipliers[b] = (float) Math.clamp(worth.orElse(1) / weight, LEAST_WORTH, MOST_WORTH);
        }
        return multipliers;
    }

    @Override
    public void endStep() {
        backend.download(memory.kinds(), memory.hostKinds());
        boolean measured = Arrays.stream(profiled).anyMatch(count -> count > 0);
        if (measured && rules.tellsErrors()) {
            memory.probe().download(backend);
            memory.audit().ifPresent(audit -> audit.download(backend));
        }
        Spent spent = new Spent(0, 0, 0);
        for (int layer = 0; layer < memory.layers(); layer++) {
            if (sparse[layer]) {
                spent = spent.and(count(layer));
            }
        }
        if (budget.isPresent() && measured && whole) {
            budget.get().know(course.firstBranch(), tradeoffs());
            budget.get().spent(step, spent.heads, spent.density, spent.error);
        }
    }

    /** What sparse calls took: heads, the sum of their densities and of their weighted errors. */
    private record Spent(int heads, double density, double error) {
        Spent and(Spent more) {
            return new Spent(heads + more.heads, density + more.density, error + more.error);
        }
    }

    /** Counts the sparse call of a layer. */
    private Spent count(int layer) {
        int[][] given = choices(layer);
        statistics.countSparse(layer, given, rules.choices(), rules.precisions().behind());
        double error = 0;
        if (profiled[layer] > 0 && rules.tellsErrors()) {
            error = error(memory.probe(), layer, given);
        }
        // With a tail nobody knows what is missed: this is what bands alone would miss.
        if (profiled[layer] > 0 && rules.tellsErrors() && memory.maps().isEmpty()) {
            statistics.missed().add(layer, error);
            memory.audit().ifPresent(a -> statistics.audit().add(layer, error(a, layer, given)));
        }
        double density =
                Stream.of(given).flatMapToInt(IntStream::of).mapToDouble(c -> densities[c]).sum();
        return new Spent(memory.branches() * memory.heads(), density, error);
    }

    @Override
    public void skipStep(int step, OptionalDouble error) {
        double weight = course.weight(step) * memory.heads();
        statistics.skipStep(weight, error);
        budget.ifPresent(
                b -> b.skipped(step, Math.pow(error.orElse(0), 2) * weight * memory.layers()));
    }

    /** The weighted errors of what was chosen, added up. */
    private double error(Probe probe, int layer, int[][] choices) {
        double sum = 0;
        for (int b = 0; b < choices.length; b++) {
            for (int h = 0; h < choices[b].length; h++) {
                double[] relative =
                        probe.relative(layer, b, profiled[layer], h, Double.POSITIVE_INFINITY);
                sum += course.weights()[step][b] * relative[choices[b][h]];
            }
        }
        return sum;
    }

    /** By branch: what the heads of the layers that were looked at can cost and miss. */
    private List<Tradeoff> tradeoffs() {
        double tolerance = (double) rules.tolerance() * rules.tolerance();
        List<Tradeoff> branches = new ArrayList<>();
        for (int b = 0; b < memory.branches(); b++) {
            List<double[]> heads = new ArrayList<>();
            for (int layer = 0; layer < memory.layers(); layer++) {
                for (int h = 0; profiled[layer] > 0 && h < memory.heads(); h++) {
                    heads.add(memory.probe().relative(layer, b, profiled[layer], h, tolerance));
                }
            }
            branches.add(Tradeoff.of(heads, densities));
        }
        return branches;
    }

    /** What was chosen in a sparse call: [branches, heads]. */
    private int[][] choices(int layer) {
        int[][] choices = new int[memory.branches()][memory.heads()];
        for (int b = 0; b < choices.length; b++) {
            HeadKind same = uniform[layer][b];
            for (int head = 0; head < choices[b].length; head++) {
                choices[b][head] =
                        same == null
                                ? memory.choice(layer, b, head)
                                : rules.choices().base().get(same.ordinal());
            }
        }
        return choices;
    }

    @Override
    public AttentionStatistics statistics() {
        return statistics;
    }
}

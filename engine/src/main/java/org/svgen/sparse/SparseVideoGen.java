package org.svgen.sparse;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.KeyPattern;
import org.svgen.tensor.op.Ops;

/**
 * The method: dense in the warm-up; elsewhere every call finds the kind of each head by its error
 * on a few query rows, and attends by that kind's band in that kind's token order (paper, section
 * 4; method: 1.1), or densely where both bands miss too much. Head kinds stay on the device until
 * the step ends.
 */
public final class SparseVideoGen implements AttentionPolicy {
    private static final int BANDS = 2;

    private final SparseRules rules;
    private final WarmUp warmUp;
    private final AttentionPlan dense;
    private final Memory memory;
    private final Backend backend;
    private final AttentionStatistics statistics;
    // [layers, branches]: all heads of the call were of this kind
    private final @Nullable HeadKind[][] uniform;
    private final boolean[]
            sparse; // [layers]: calls were sparse; kinds lie above or in memory.kinds
    private int step;
    private double timestep;

    /**
     * A run's head kinds and errors.
     *
     * @param kinds I32 [layers, B, H], on the device
     * @param hostKinds I32 [layers, B, H], in host memory
     * @param errors F32 [2, B, H], on the device
     * @param energies F32 [B, H], on the device
     */
    public record Memory(Tensor kinds, Tensor hostKinds, Tensor errors, Tensor energies) {
        /**
         * Takes what {@code batch} guidance branches need.
         *
         * @param workspace memory of the step
         * @param host owns host memory
         * @param layers number of layers
         * @param batch number of guidance branches
         * @param heads number of heads
         * @return the memory
         */
        public static Memory allocate(
                Workspace workspace, Arena host, int layers, int batch, int heads) {
            return new Memory(
                    workspace.allocate(DType.I32, layers, batch, heads),
                    Tensor.zeros(host, DType.I32, layers, batch, heads),
                    workspace.allocate(DType.F32, BANDS, batch, heads),
                    workspace.allocate(DType.F32, batch, heads));
        }

        /** What a call for {@code count} branches from {@code branch} on writes. */
        private Memory of(int layer, int branch, int count) {
            int heads = errors.size(2);
            Tensor all = errors.reshape(errors.elements());
            return new Memory(
                    kinds.get(layer).rows(branch, branch + (long) count),
                    hostKinds,
                    all.rows(0, (long) BANDS * count * heads).reshape(BANDS, count, heads),
                    energies.rows(branch, branch + (long) count));
        }
    }

    /**
     * The method with these rules.
     *
     * @param geometry where text and video lie
     * @param rules the official rules for this family of models
     * @param warmUp which steps and layers attend densely
     * @param memory what allocate gave
     * @param backend computes
     * @param statistics takes what is attended to
     */
    public SparseVideoGen(
            VideoGeometry geometry,
            SparseRules rules,
            WarmUp warmUp,
            Memory memory,
            Backend backend,
            AttentionStatistics statistics) {
        int layers = memory.kinds.size(0);
        this.rules = rules;
        this.warmUp = warmUp;
        this.dense = Dense.plan(geometry);
        this.memory = memory;
        this.backend = backend;
        this.statistics = statistics;
        this.uniform = new HeadKind[layers][memory.kinds.size(1)];
        this.sparse = new boolean[layers];
    }

    @Override
    public void beginStep(int step, double timestep) {
        this.step = step;
        this.timestep = timestep;
        statistics.beginStep();
        for (HeadKind[] branches : uniform) {
            Arrays.fill(branches, null);
        }
        Arrays.fill(sparse, false);
    }

    @Override
    public void attend(
            Workspace workspace, int layer, int branch, Tensor q, Tensor k, Tensor v, Tensor out) {
        if (warmUp.dense(step, timestep, layer)) {
            Dense.attend(workspace, dense, statistics, q, k, v, out);
            return;
        }
        sparse[layer] = true;
        HeadKind kind = rules.fixed();
        if (kind == null) {
            int[] rows = rules.rows().rows();
            if (!rules.temporalByNan(rows)) {
                attendByProfile(workspace, rows, memory.of(layer, branch, q.size(0)), q, k, v, out);
                return;
            }
            kind = HeadKind.TEMPORAL;
        }
        Arrays.fill(uniform[layer], branch, branch + q.size(0), kind);
        AttentionPlan.Kind only = rules.execution().kinds().get(kind.ordinal());
        AttentionPlan plan = new AttentionPlan(List.of(only));
        workspace.ops().attention(q, k, v, plan, null, Dense.scale(q), out);
    }

    private void attendByProfile(
            Workspace workspace,
            int[] rows,
            Memory call,
            Tensor q,
            Tensor k,
            Tensor v,
            Tensor out) {
        Ops ops = workspace.ops();
        float scale = Dense.scale(q);
        ops.profile(
                q,
                k,
                v,
                rows,
                rules.profile(),
                rules.keyLimit(),
                scale,
                call.errors,
                call.energies);
        ops.chooseKinds(
                call.errors,
                call.energies,
                new float[BANDS + 1],
                0,
                rules.tolerance() * rules.tolerance(),
                call.kinds);
        ops.attention(q, k, v, rules.execution(), call.kinds, scale, out);
    }

    @Override
    public void endStep() {
        backend.download(memory.kinds, memory.hostKinds);
        double[] pairs =
                rules.execution().kinds().stream().mapToDouble(k -> k.pattern().pairs()).toArray();
        KeyPattern pattern = rules.execution().kinds().getFirst().pattern();
        double all = (double) pattern.queries() * pattern.keys();
        for (int layer = 0; layer < sparse.length; layer++) {
            if (sparse[layer]) {
                statistics.countSparse(layer, kinds(layer), pairs, all);
            }
        }
    }

    /** Of a sparse call: [branches, heads]. */
    private HeadKind[][] kinds(int layer) {
        int branches = memory.kinds.size(1);
        int heads = memory.kinds.size(2);
        HeadKind[][] kinds = new HeadKind[branches][heads];
        for (int b = 0; b < branches; b++) {
            HeadKind same = uniform[layer][b];
            for (int head = 0; head < heads; head++) {
                kinds[b][head] =
                        same == null ? hostKind((layer * branches + b) * heads + head) : same;
            }
        }
        return kinds;
    }

    private HeadKind hostKind(int i) {
        int kind = memory.hostKinds.host().getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i);
        return HeadKind.values()[kind];
    }

    @Override
    public AttentionStatistics statistics() {
        return statistics;
    }
}

package org.svgen.models.hunyuan;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.FeedForward;
import org.svgen.nn.LayerNorm;
import org.svgen.nn.Linear;
import org.svgen.nn.Normed;
import org.svgen.nn.joint.JointBlock;
import org.svgen.nn.joint.StreamHeads;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Ops.HeadNorm;

/**
 * A block in which video and text share all weights, with attention and feed-forward layer side by
 * side (diffusers: {@code HunyuanVideoSingleTransformerBlock}).
 *
 * @param out from attention and feed-forward layer together
 */
record SingleBlock(
        int layer,
        int heads,
        Linear modulation,
        Linear q,
        Linear k,
        Linear v,
        HeadNorm qNorm,
        HeadNorm kNorm,
        Linear up,
        Linear out)
        implements JointBlock {
    private static final LayerNorm NORM = new LayerNorm(null, null, 1e-6f);
    // Shift, scale and gate.
    private static final int PARTS = 3;

    /**
     * @param index among the blocks of this kind
     */
    static SingleBlock load(HunyuanConfig c, WeightSource w, int index) {
        WeightSource at = w.at("single_transformer_blocks." + index);
        WeightSource attention = at.at("attn");
        int width = c.width();
        return new SingleBlock(
                c.doubleLayers() + index,
                c.heads(),
                Linear.load(at, "norm.linear", width, PARTS * width, true),
                Linear.load(attention, "to_q", width, width, true),
                Linear.load(attention, "to_k", width, width, true),
                Linear.load(attention, "to_v", width, width, true),
                StreamHeads.norm(c.shape(), attention, "norm_q"),
                StreamHeads.norm(c.shape(), attention, "norm_k"),
                Linear.load(at, "proj_mlp", width, c.hidden(), true),
                Linear.load(at, "proj_out", width + c.hidden(), width, true));
    }

    @Override
    public void forward(Step step, Tensor x, @Nullable Tensor faults) { // x [N, C]
        Workspace workspace = step.workspace();
        Ops ops = workspace.ops();
        int n = x.size(0);
        int width = x.size(1);
        try (var _ = workspace.scope()) {
            List<Run> runs = step.runs(n);
            List<Tensor> parts =
                    runs.stream().map(run -> modulation(workspace, run.condition())).toList();
            Normed h = Normed.allocate(workspace, n, width, q, k, v, up);
            for (int i = 0; i < runs.size(); i++) {
                Run run = runs.get(i);
                NORM.apply(
                        ops,
                        x.rows(run.from(), run.to()),
                        parts.get(i).get(1),
                        parts.get(i).get(0),
                        h.rows(run.from(), run.to()));
            }
            Tensor attended = workspace.allocate(n, width);
            attend(step, h, attended);
            for (int i = 0; i < runs.size(); i++) {
                Run run = runs.get(i);
                addProjected(
                        workspace,
                        attended.rows(run.from(), run.to()),
                        h.rows(run.from(), run.to()),
                        parts.get(i).get(2),
                        x.rows(run.from(), run.to()),
                        faults);
            }
        }
    }

    /** [PARTS, C]. */
    private Tensor modulation(Workspace workspace, Tensor condition) {
        int width = condition.size(1);
        Tensor parts = workspace.allocate(DType.F32, PARTS, width);
        modulation.apply(workspace.ops(), condition, parts.reshape(1, (long) PARTS * width));
        return parts;
    }

    private void attend(Step step, Normed h, Tensor attended) {
        Workspace workspace = step.workspace();
        Ops ops = workspace.ops();
        int n = attended.size(0);
        int dim = attended.size(1) / heads;
        try (var _ = workspace.scope()) {
            StreamHeads into =
                    new StreamHeads(
                            attended.reshape(1, n, heads, dim),
                            workspace.allocate(1, heads, n, dim),
                            workspace.allocate(1, heads, n, dim),
                            workspace.allocate(1, heads, n, dim));
            // The tables end with the video: text is not rotated.
            into.fill(ops, h, q, qNorm, step.cos(), step.sin(), 0, into.q());
            into.fill(ops, h, k, kNorm, step.cos(), step.sin(), 0, into.k());
            into.fill(ops, h, v, HeadNorm.NONE, null, null, 0, into.v());
            into.attend(step, layer);
        }
    }

    /** Adds the projection of attention and feed-forward layer, some rows at a time. */
    private void addProjected(
            Workspace workspace,
            Tensor attended,
            Normed h,
            Tensor gate,
            Tensor x,
            @Nullable Tensor faults) {
        Ops ops = workspace.ops();
        int n = x.size(0);
        int rows = Math.min(n, FeedForward.ROWS);
        try (var _ = workspace.scope()) {
            Tensor hidden = workspace.allocate(rows, up.outputs());
            Tensor projected = workspace.allocate(rows, x.size(1));
            for (int from = 0; from < n; from += rows) {
                int to = Math.min(n, from + rows);
                Tensor inner = hidden.rows(0, to - from);
                Tensor sum = projected.rows(0, to - from);
                up.apply(ops, h.rows(from, to), Activation.GELU_TANH, inner);
                ops.linearPair(attended.rows(from, to), inner, out.weight(), out.bias(), sum);
                ops.addGated(sum, gate, x.rows(from, to), faults);
            }
        }
    }
}

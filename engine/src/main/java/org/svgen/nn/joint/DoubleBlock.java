package org.svgen.nn.joint;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.FeedForward;
import org.svgen.nn.LayerNorm;
import org.svgen.nn.Linear;
import org.svgen.nn.Normed;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Ops.HeadNorm;

/**
 * A block in which video and text have weights of their own and meet in attention, video first
 * (diffusers: {@code HunyuanVideoTransformerBlock}).
 */
public record DoubleBlock(int layer, Stream video, Stream text) implements JointBlock {

    /** Reads {@code transformer_blocks.LAYER}. */
    public static DoubleBlock load(JointShape shape, WeightSource w, int layer) {
        WeightSource at = w.at("transformer_blocks." + layer);
        return new DoubleBlock(
                layer,
                Stream.load(
                        shape,
                        at,
                        "norm1",
                        List.of("to_q", "to_k", "to_v", "norm_q", "norm_k", "to_out.0"),
                        "ff"),
                Stream.load(
                        shape,
                        at,
                        "norm1_context",
                        List.of(
                                "add_q_proj",
                                "add_k_proj",
                                "add_v_proj",
                                "norm_added_q",
                                "norm_added_k",
                                "to_add_out"),
                        "ff_context"));
    }

    @Override
    public void forward(Step step, Tensor x, @Nullable Tensor faults) { // x [N, C]
        Workspace workspace = step.workspace();
        int n = x.size(0);
        int videoTokens = step.videoTokens();
        try (var _ = workspace.scope()) {
            List<Run> runs = step.runs(videoTokens);
            List<Tensor> videoParts =
                    runs.stream().map(run -> video.modulation(workspace, run.condition())).toList();
            Tensor textParts = text.modulation(workspace, step.condition());
            try (var _ = workspace.scope()) {
                StreamHeads heads = StreamHeads.allocate(workspace, n, video.heads, x.size(1));
                for (int i = 0; i < runs.size(); i++) {
                    Run run = runs.get(i);
                    video.project(step, x, videoParts.get(i), run.from(), run.to(), heads, true);
                }
                text.project(step, x, textParts, videoTokens, n, heads, false);
                heads.attend(step, layer);
                for (int i = 0; i < runs.size(); i++) {
                    Run run = runs.get(i);
                    video.addAttended(workspace, heads, videoParts.get(i), run.from(), run.to(), x);
                }
                text.addAttended(workspace, heads, textParts, videoTokens, n, x);
            }
            for (int i = 0; i < runs.size(); i++) {
                Run run = runs.get(i);
                video.addFed(workspace, videoParts.get(i), run.from(), run.to(), x, faults);
            }
            text.addFed(workspace, textParts, videoTokens, n, x, faults);
        }
    }

    /** The video's tokens [V, C], normed and modulated: what caches watch. */
    public void watch(Step step, Tensor tokens, Tensor out) {
        for (Run run : step.runs(step.videoTokens())) {
            try (var _ = step.workspace().scope()) {
                Tensor parts = video.modulation(step.workspace(), run.condition());
                Stream.NORM.apply(
                        step.workspace().ops(),
                        tokens.rows(run.from(), run.to()),
                        parts.get(1),
                        parts.get(0),
                        out.rows(run.from(), run.to()));
            }
        }
    }

    /** The weights of video or text; its tokens are rows {@code from..to} of every buffer. */
    public record Stream(
            int heads,
            Linear modulation,
            Linear q,
            Linear k,
            Linear v,
            HeadNorm qNorm,
            HeadNorm kNorm,
            Linear out,
            FeedForward feedForward) {
        private static final LayerNorm NORM = new LayerNorm(null, null, 1e-6f);
        // Shift, scale and gate of attention, then of the feed-forward layer.
        private static final int PARTS = 6;

        static Stream load(
                JointShape shape, WeightSource w, String norm, List<String> names, String ff) {
            int width = shape.width();
            WeightSource attention = w.at("attn");
            return new Stream(
                    shape.heads(),
                    Linear.load(w, norm + ".linear", width, PARTS * width, true),
                    Linear.load(attention, names.get(0), width, width, true),
                    Linear.load(attention, names.get(1), width, width, true),
                    Linear.load(attention, names.get(2), width, width, true),
                    StreamHeads.norm(shape, attention, names.get(3)),
                    StreamHeads.norm(shape, attention, names.get(4)),
                    Linear.load(attention, names.get(5), width, width, true),
                    FeedForward.load(w, ff, width, shape.hidden(), Activation.GELU_TANH));
        }

        /** [PARTS, C]. */
        Tensor modulation(Workspace workspace, Tensor condition) {
            int width = condition.size(1);
            Tensor parts = workspace.allocate(DType.F32, PARTS, width);
            modulation.apply(workspace.ops(), condition, parts.reshape(1, (long) PARTS * width));
            return parts;
        }

        void project(
                Step step,
                Tensor x,
                Tensor parts,
                int from,
                int to,
                StreamHeads into,
                boolean rotated) {
            Workspace workspace = step.workspace();
            Ops ops = workspace.ops();
            try (var _ = workspace.scope()) {
                Normed normed = Normed.allocate(workspace, to - from, x.size(1), q, k, v);
                NORM.apply(ops, x.rows(from, to), parts.get(1), parts.get(0), normed);
                @Nullable Tensor cos = rotated ? step.cos().rows(from, to) : null;
                @Nullable Tensor sin = rotated ? step.sin().rows(from, to) : null;
                into.fill(ops, normed, q, qNorm, cos, sin, from, into.q());
                into.fill(ops, normed, k, kNorm, cos, sin, from, into.k());
                into.fill(ops, normed, v, HeadNorm.NONE, null, null, from, into.v());
            }
        }

        void addAttended(
                Workspace workspace, StreamHeads heads, Tensor parts, int from, int to, Tensor x) {
            Ops ops = workspace.ops();
            try (var _ = workspace.scope()) {
                Tensor h = workspace.allocate(to - from, x.size(1));
                out.apply(ops, heads.flat().rows(from, to), h);
                ops.addGated(h, parts.get(2), x.rows(from, to));
            }
        }

        void addFed(
                Workspace workspace,
                Tensor parts,
                int from,
                int to,
                Tensor x,
                @Nullable Tensor faults) {
            Ops ops = workspace.ops();
            try (var _ = workspace.scope()) {
                Tensor h = workspace.allocate(to - from, x.size(1));
                Normed normed = Normed.within(workspace, h, feedForward.up());
                NORM.apply(ops, x.rows(from, to), parts.get(4), parts.get(3), normed);
                feedForward.apply(workspace, normed, h);
                ops.addGated(h, parts.get(5), x.rows(from, to), faults);
            }
        }
    }
}

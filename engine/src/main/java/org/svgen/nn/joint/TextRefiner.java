package org.svgen.nn.joint;

import java.util.ArrayList;
import java.util.List;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.Linear;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.KeyPattern;
import org.svgen.tensor.op.KeyPattern.Segment;
import org.svgen.tensor.op.KeyPattern.Span;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.TokenOrder;
import org.svgen.tensor.op.Weight;

/**
 * Takes the language model's embeddings, which look back only, through some blocks that look both
 * ways (diffusers: {@code HunyuanVideoTokenRefiner}).
 */
public record TextRefiner(Conditioning conditioning, Linear in, List<RefinerBlock> blocks) {

    /**
     * Reads {@code w}.
     *
     * @param embedDim width of the embeddings
     * @param layers number of blocks
     */
    public static TextRefiner load(JointShape shape, int embedDim, int layers, WeightSource w) {
        int width = shape.width();
        List<RefinerBlock> blocks = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            blocks.add(RefinerBlock.load(shape, w.at("token_refiner.refiner_blocks." + i)));
        }
        return new TextRefiner(
                Conditioning.load(w.at("time_text_embed"), embedDim, width, false),
                Linear.load(w, "proj_in", embedDim, width, true),
                List.copyOf(blocks));
    }

    /**
     * @param prompt tokens before the padding, at least 1
     */
    public void apply(
            Workspace workspace,
            Tensor embeds, // [T, Dt]
            int prompt,
            Tensor timeSinusoid,
            Tensor out) { // [T, C]
        try (var _ = workspace.scope()) {
            Tensor mean = mean(workspace, embeds.rows(0, prompt));
            Tensor condition = conditioning.apply(workspace, timeSinusoid, mean, null);
            in.apply(workspace.ops(), embeds, out);
            AttentionPlan plan = plan(embeds.size(0), prompt);
            for (RefinerBlock block : blocks) {
                block.apply(workspace, out, condition, plan);
            }
        }
    }

    /** Prompt tokens attend to each other; padding, which nobody looks at, to the first token. */
    private static AttentionPlan plan(int tokens, int prompt) {
        List<Segment> segments = new ArrayList<>();
        segments.add(new Segment(0, prompt, List.of(new Span(0, prompt)), null));
        if (prompt < tokens) {
            segments.add(new Segment(prompt, tokens, List.of(new Span(0, 1)), null));
        }
        KeyPattern pattern = new KeyPattern(tokens, tokens, segments);
        return new AttentionPlan(List.of(new AttentionPlan.Kind(pattern, TokenOrder.IDENTITY)));
    }

    /** The mean of the rows, as a product with a row of equal weights: [1, Dt]. */
    private static Tensor mean(Workspace workspace, Tensor rows) { // [n, Dt]
        Ops ops = workspace.ops();
        int n = rows.size(0);
        Tensor mean = workspace.allocate(DType.F32, 1, rows.size(1));
        try (var _ = workspace.scope()) {
            Tensor columns = workspace.allocate(DType.F32, rows.size(1), n);
            ops.permute(rows, new int[] {1, 0}, columns);
            Tensor shares = workspace.allocate(DType.F32, 1, n);
            ops.fill(1f / n, shares);
            ops.linear(shares, Weight.of(columns), null, Activation.NONE, mean);
        }
        return mean;
    }
}

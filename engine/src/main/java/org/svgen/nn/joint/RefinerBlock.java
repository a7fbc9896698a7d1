package org.svgen.nn.joint;

import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.FeedForward;
import org.svgen.nn.LayerNorm;
import org.svgen.nn.Linear;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Ops.HeadNorm;

/**
 * Self-attention and feed-forward layer of the text alone, with gates (diffusers: {@code
 * HunyuanVideoIndividualTokenRefinerBlock}).
 */
public record RefinerBlock(
        int heads,
        LayerNorm attentionNorm,
        Linear q,
        Linear k,
        Linear v,
        Linear out,
        LayerNorm feedForwardNorm,
        FeedForward feedForward,
        Linear gates) {
    private static final double EPS = 1e-6;
    private static final int HIDDEN_RATIO = 4;

    static RefinerBlock load(JointShape shape, WeightSource w) {
        int width = shape.width();
        return new RefinerBlock(
                shape.heads(),
                LayerNorm.load(w, "norm1", width, true, EPS),
                Linear.load(w, "attn.to_q", width, width, true),
                Linear.load(w, "attn.to_k", width, width, true),
                Linear.load(w, "attn.to_v", width, width, true),
                Linear.load(w, "attn.to_out.0", width, width, true),
                LayerNorm.load(w, "norm2", width, true, EPS),
                FeedForward.load(w, "ff", width, HIDDEN_RATIO * width, Activation.SILU),
                Linear.load(w, "norm_out.linear", width, 2 * width, true));
    }

    /**
     * @param x [T, C], replaced by the block's output
     */
    void apply(Workspace workspace, Tensor x, Tensor condition, AttentionPlan plan) {
        Ops ops = workspace.ops();
        int n = x.size(0);
        int width = x.size(1);
        int dim = width / heads;
        try (var _ = workspace.scope()) {
            Tensor gate = workspace.allocate(DType.F32, 2, width);
            gates.apply(ops, condition, gate.reshape(1, 2L * width));
            Tensor h = workspace.allocate(DType.F32, n, width);
            attentionNorm.apply(ops, x, h);
            Tensor rows = workspace.allocate(DType.F32, 1, n, heads, dim);
            Tensor[] qkv = new Tensor[3];
            Linear[] projections = {q, k, v};
            for (int i = 0; i < qkv.length; i++) {
                qkv[i] = workspace.allocate(DType.F32, 1, heads, n, dim);
                projections[i].apply(ops, h, rows.reshape(n, width));
                ops.splitHeads(rows, HeadNorm.NONE, null, null, 0, qkv[i]);
            }
            float scale = (float) (1 / Math.sqrt(dim));
            ops.attention(qkv[0], qkv[1], qkv[2], plan, null, scale, rows);
            out.apply(ops, rows.reshape(n, width), h);
            ops.addGated(h, gate.get(0), x);
            feedForwardNorm.apply(ops, x, h);
            feedForward.apply(workspace, h);
            ops.addGated(h, gate.get(1), x);
        }
    }
}

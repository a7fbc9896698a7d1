package org.svgen.models.wan;

import org.svgen.checkpoint.WeightSource;
import org.svgen.models.wan.WanStep.Span;
import org.svgen.nn.LayerNorm;
import org.svgen.nn.Linear;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;

/**
 * From tokens to latents.
 *
 * @param table [1, 2, C]: shift and scale, to which the time's embedding is added
 */
record WanHead(WanConfig config, Tensor table, LayerNorm norm, Linear projection) {

    static WanHead load(WanConfig c, WeightSource w) {
        return new WanHead(
                c,
                w.tensor("scale_shift_table", 1, 2, c.width()),
                new LayerNorm(null, null, (float) c.eps()),
                Linear.load(w, "proj_out", c.width(), c.patchValues(c.outChannels()), true));
    }

    /**
     * @param x F32 [branches, N, C]
     * @param embedding F32 [times, C], of the times that tokens are at
     * @param out F32 [branches, Cout, F, H, W]
     */
    void apply(WanStep step, Tensor x, Tensor embedding, Tensor out) {
        Workspace workspace = step.workspace();
        Ops ops = workspace.ops();
        try (var _ = workspace.scope()) {
            Tensor rows = table.reshape(2, config.width());
            Tensor parts = workspace.allocate(DType.F32, embedding.size(0), 2, config.width());
            for (int time = 0; time < embedding.size(0); time++) {
                for (int part = 0; part < 2; part++) {
                    Tensor to = parts.get(time).get(part);
                    ops.axpby(1, rows.get(part), 1, embedding.get(time), to);
                }
            }
            Tensor h = workspace.allocate(x.size(1), x.size(2));
            Tensor patches = workspace.allocate(DType.F32, x.size(1), projection.outputs());
            for (int b = 0; b < x.size(0); b++) {
                for (Span span : step.spans()) {
                    Tensor at = parts.get(span.time());
                    norm.apply(ops, span.of(x.get(b)), at.get(1), at.get(0), span.of(h));
                }
                projection.apply(ops, h, patches);
                join(ops, patches, out.get(b));
            }
        }
    }

    /** Puts patches together, whose channels come last. */
    private void join(Ops ops, Tensor patches, Tensor out) { // [V, P] -> [C, F, H, W]
        int time = config.patchSizeT();
        int size = config.patchSize();
        int channels = out.size(0);
        long frames = out.size(1) / time;
        long rows = out.size(2) / size;
        long columns = out.size(3) / size;
        ops.permute(
                patches.reshape(frames, rows, columns, time, size, size, channels),
                new int[] {6, 0, 3, 1, 4, 2, 5},
                out.reshape(channels, frames, time, rows, size, columns, size));
    }
}

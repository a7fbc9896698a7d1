package org.svgen.models.hunyuan;

import java.lang.foreign.Arena;
import org.svgen.models.hunyuan.HunyuanTransformer.RopeTables;
import org.svgen.models.hunyuan.HunyuanTransformer.Text;
import org.svgen.nn.Rope3d;
import org.svgen.nn.joint.Conditioning;
import org.svgen.run.Blocks;
import org.svgen.run.Denoiser;
import org.svgen.run.DenoiserShape;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.sparse.OfficialRules;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * HunyuanVideo's transformer, told what it is to show. Everything it holds lives in the enclosing
 * scope of the workspace.
 *
 * @param guidance the rows that the guidance embedding starts from
 * @param time takes the rows that the time embedding starts from
 */
record HunyuanDenoiser(
        HunyuanTransformer model,
        HunyuanSize size,
        Text text,
        RopeTables rope,
        Tensor guidance,
        Tensor time,
        Workspace workspace)
        implements Denoiser {
    private static final double GUIDANCE_UNIT = 1000;

    static HunyuanDenoiser of(
            HunyuanTransformer model,
            HunyuanSize size,
            Text text,
            double guidance,
            Workspace workspace) {
        Rope3d tables = model.rope(size.frames(), size.height(), size.width());
        int dim = model.config().headDim();
        return new HunyuanDenoiser(
                model,
                size,
                text,
                new RopeTables(
                        rows(workspace, tables.cos(), dim), rows(workspace, tables.sin(), dim)),
                rows(
                        workspace,
                        Conditioning.sinusoid(guidance * GUIDANCE_UNIT),
                        Conditioning.CHANNELS),
                workspace.allocate(DType.F32, 1, Conditioning.CHANNELS),
                workspace);
    }

    private static Tensor rows(Workspace workspace, float[] values, int columns) {
        try (Arena arena = Arena.ofConfined()) {
            return workspace.copyOf(Tensor.of(arena, values, values.length / columns, columns));
        }
    }

    @Override
    public DenoiserShape shape() {
        HunyuanConfig c = model.config();
        return new DenoiserShape(
                size.geometry(text.prompt()),
                c.layers(),
                c.heads(),
                c.width() / c.heads(),
                1,
                OfficialRules.HUNYUAN,
                false);
    }

    @Override
    public Inside inside() {
        int width = model.config().width();
        return new Inside(width, shape().geometry().videoTokens(), width);
    }

    @Override
    public double guidance(double timestep) {
        throw new IllegalStateException("this model has guidance built in");
    }

    @Override
    public void predict(
            double timestep, Tensor sample, AttentionPolicy policy, Blocks blocks, Tensor out) {
        float[] sinusoid = Conditioning.sinusoid(timestep);
        try (Arena arena = Arena.ofConfined()) {
            workspace.backend().write(Tensor.of(arena, sinusoid, sinusoid.length), time);
        }
        model.forward(
                workspace, sample.get(0), text, time, guidance, rope, policy, blocks, out.get(0));
    }
}

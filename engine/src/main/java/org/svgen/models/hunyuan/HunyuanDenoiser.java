package org.svgen.models.hunyuan;

import java.lang.foreign.Arena;
import java.util.List;
import org.jspecify.annotations.Nullable;
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
import org.svgen.tensor.op.Ops;

/**
 * HunyuanVideo's transformer, told what it is to show. Everything it holds lives in the enclosing
 * scope of the workspace.
 *
 * @param texts by branch of guidance, the prompt's last
 * @param frame latents [C, 1, H, W] of a given first frame
 * @param input takes what the network sees where a frame is given: F32 [Cin, F, H, W]
 * @param scale of guidance between branches, where there are two
 * @param guidance the rows that the guidance embedding starts from
 * @param time takes the rows that the time embedding starts from
 */
record HunyuanDenoiser(
        HunyuanTransformer model,
        HunyuanSize size,
        List<Text> texts,
        @Nullable Tensor frame,
        @Nullable Tensor input,
        RopeTables rope,
        double scale,
        Tensor guidance,
        Tensor time,
        Workspace workspace)
        implements Denoiser {
    private static final double GUIDANCE_UNIT = 1000;

    /**
     * @param frame on the device: latents [C, 1, H, W] of a given first frame
     * @param guidance that the network is told
     * @param scale of guidance between branches
     */
    static HunyuanDenoiser of(
            HunyuanTransformer model,
            HunyuanSize size,
            List<Text> texts,
            @Nullable Tensor frame,
            double guidance,
            double scale,
            Workspace workspace) {
        Rope3d tables = model.rope(size.frames(), size.height(), size.width());
        int dim = model.config().headDim();
        return new HunyuanDenoiser(
                model,
                size,
                texts,
                frame,
                frame == null ? null : input(model.config(), size, frame, workspace),
                new RopeTables(
                        rows(workspace, tables.cos(), dim), rows(workspace, tables.sin(), dim)),
                scale,
                rows(
                        workspace,
                        Conditioning.sinusoid(guidance * GUIDANCE_UNIT),
                        Conditioning.CHANNELS),
                workspace.allocate(DType.F32, 1, Conditioning.CHANNELS),
                workspace);
    }

    /** With what is the same in all steps. */
    private static Tensor input(
            HunyuanConfig c, HunyuanSize size, Tensor frame, Workspace workspace) {
        Ops ops = workspace.ops();
        int latents = c.outChannels();
        Tensor input =
                workspace.allocate(
                        DType.F32, c.inChannels(), size.frames(), size.height(), size.width());
        if (c.given() == GivenFrame.BESIDE) {
            ops.fill(0, input.rows(latents, c.inChannels()));
            for (int channel = 0; channel < latents; channel++) {
                ops.convert(frame.get(channel), input.get(latents + channel).rows(0, 1));
            }
            ops.fill(1, input.get(2L * latents).rows(0, 1));
        }
        return input;
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
                texts.stream().map(text -> size.geometry(text.rows(), text.prompt())).toList(),
                c.layers(),
                c.heads(),
                c.width() / c.heads(),
                OfficialRules.HUNYUAN,
                frame != null);
    }

    @Override
    public Inside inside() {
        int width = model.config().width();
        return new Inside(width, shape().geometry().videoTokens(), width);
    }

    @Override
    public double guidance(double timestep) {
        return scale;
    }

    @Override
    public void predict(
            double timestep, Tensor sample, AttentionPolicy policy, Blocks blocks, Tensor out) {
        float[] sinusoid = Conditioning.sinusoid(timestep);
        try (Arena arena = Arena.ofConfined()) {
            workspace.backend().write(Tensor.of(arena, sinusoid, sinusoid.length), time);
        }
        model.forward(
                workspace, seen(sample.get(0)), texts, time, guidance, rope, policy, blocks, out);
    }

    /** The sample with what is given. */
    private Tensor seen(Tensor sample) { // [C, F, H, W]
        if (input == null || frame == null) {
            return sample;
        }
        Ops ops = workspace.ops();
        int channels = sample.size(0);
        ops.convert(sample, input.rows(0, channels));
        if (model.config().given() == GivenFrame.REPLACED) {
            for (int c = 0; c < channels; c++) {
                ops.convert(frame.get(c), input.get(c).rows(0, 1));
            }
        }
        return input;
    }
}

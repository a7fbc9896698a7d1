package org.svgen.models.hunyuan15;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.svgen.guidance.Guider;
import org.svgen.guidance.GuiderRules;
import org.svgen.models.hunyuan15.Hunyuan15Transformer.RopeTables;
import org.svgen.nn.Rope3d;
import org.svgen.nn.TimestepEmbedding;
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
 * The transformer of HunyuanVideo-1.5, told what it is to show. Everything it holds lives in the
 * enclosing scope of the workspace.
 *
 * @param texts by branch of guidance
 * @param rules how both branches of guidance are joined
 * @param joins does it, where it is not a plain sum
 * @param next the time at the end of the step that begins at a time
 * @param times takes the rows that the time embedding starts from: F32 [2, channels]
 * @param input takes what the network sees: F32 [Cin, F, H, W]
 * @param sinksFirst whether heads attend to all of the first frame, which is a picture
 */
record Hunyuan15Denoiser(
        Hunyuan15Transformer model,
        Hunyuan15Size size,
        List<Hunyuan15Text> texts,
        GuiderRules rules,
        Optional<Guider> joins,
        DoubleUnaryOperator next,
        RopeTables rope,
        Tensor times,
        Tensor input,
        boolean sinksFirst,
        Workspace workspace)
        implements Denoiser {

    /**
     * @param rules of a guider that does not guide leave the prompt's branch alone
     * @param next the time at the end of the step that begins at a time
     */
    static Hunyuan15Denoiser of(
            Hunyuan15Transformer model,
            Hunyuan15Size size,
            Hunyuan15Told told,
            GuiderRules rules,
            DoubleUnaryOperator next,
            Workspace workspace) {
        Hunyuan15Config c = model.config();
        int first = rules.guides() ? 0 : told.texts().size() - 1;
        List<Hunyuan15Text> texts =
                IntStream.range(first, told.texts().size())
                        .mapToObj(b -> Hunyuan15Text.of(model, workspace, told, b))
                        .toList();
        Tensor input =
                workspace.allocate(
                        DType.F32, c.inChannels(), size.frames(), size.height(), size.width());
        Tensor beside = input.rows(c.outChannels(), c.inChannels());
        Tensor channels = told.channels();
        if (channels == null) {
            workspace.ops().fill(0, beside);
        } else {
            workspace.backend().write(channels, beside);
        }
        Rope3d rope = model.rope(size.frames(), size.height(), size.width());
        return new Hunyuan15Denoiser(
                model,
                size,
                texts,
                rules,
                rules.isPlain() || texts.size() == 1
                        ? Optional.empty()
                        : Optional.of(Guider.of(rules)),
                next,
                new RopeTables(table(workspace, c, rope.cos()), table(workspace, c, rope.sin())),
                workspace.allocate(DType.F32, 2, Conditioning.CHANNELS),
                input,
                channels != null,
                workspace);
    }

    private static Tensor table(Workspace workspace, Hunyuan15Config c, float[] values) {
        int dim = c.shape().headDim();
        try (Arena arena = Arena.ofConfined()) {
            return workspace.copyOf(Tensor.of(arena, values, values.length / dim, dim));
        }
    }

    @Override
    public DenoiserShape shape() {
        Hunyuan15Config c = model.config();
        return new DenoiserShape(
                texts.stream().map(text -> size.geometry(text.tokens())).toList(),
                c.layers(),
                c.shape().heads(),
                c.shape().headDim(),
                OfficialRules.HUNYUAN,
                sinksFirst);
    }

    @Override
    public Inside inside() {
        int width = model.config().width();
        return new Inside(width, size.tokens(), width);
    }

    @Override
    public double guidance(double timestep) {
        return rules.scale();
    }

    @Override
    public Optional<Guider> guider() {
        return joins;
    }

    @Override
    public void predict(
            double timestep, Tensor sample, AttentionPolicy policy, Blocks blocks, Tensor out) {
        double[] times = {timestep, next.applyAsDouble(timestep)};
        float[] rows = TimestepEmbedding.sinusoid(times, Conditioning.CHANNELS, true, 0);
        try (Arena arena = Arena.ofConfined()) {
            workspace.backend().write(Tensor.of(arena, rows, rows.length), this.times);
        }
        workspace.ops().convert(sample.get(0), input.rows(0, sample.size(1)));
        model.forward(workspace, input, texts, this.times, rope, policy, blocks, out);
    }
}

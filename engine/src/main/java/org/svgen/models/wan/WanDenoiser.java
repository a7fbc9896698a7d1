package org.svgen.models.wan;

import java.lang.foreign.Arena;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.models.wan.WanStep.Span;
import org.svgen.nn.TimestepEmbedding;
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
 * Wan's transformer, told what it is to show. Everything it holds lives in the enclosing scope of
 * the workspace.
 *
 * @param scale of guidance
 * @param firstFrame latents [C, 1, H, W] of a given frame, whose tokens are at time 0
 * @param times takes the rows that the time embedding starts from: F32 [times, freqDim]
 * @param spans which tokens are at which of these times
 * @param input takes what the network sees: F32 [Cin, F, H, W]
 */
record WanDenoiser(
        WanTransformer model,
        WanGrid grid,
        WanContext context,
        double scale,
        @Nullable Tensor firstFrame,
        Tensor times,
        List<Span> spans,
        WanRope rope,
        Tensor input,
        Workspace workspace)
        implements Denoiser {

    /**
     * @param latentDims [1, C, F, H, W]
     * @param guidance of 1 or less is none: the prompt's branch alone runs
     */
    static WanDenoiser of(
            WanTransformer model,
            long[] latentDims,
            WanTold told,
            double guidance,
            Workspace workspace) {
        WanConfig c = model.config();
        WanGrid grid = WanGrid.of(c, latentDims);
        List<Tensor> texts = guidance > 1 ? told.texts() : List.of(told.texts().getLast());
        WanContext context = WanContext.of(model, workspace, texts, told.picture());
        Tensor given = told.firstFrame();
        List<Span> spans = spans(grid, given != null);
        Tensor input =
                workspace.allocate(
                        DType.F32, c.inChannels(), latentDims[2], latentDims[3], latentDims[4]);
        Tensor channels = told.channels();
        if (c.inChannels() > c.outChannels()) {
            if (channels == null) {
                throw new IllegalArgumentException("this model sees channels beside the latents");
            }
            workspace.backend().write(channels, input.rows(c.outChannels(), c.inChannels()));
        }
        return new WanDenoiser(
                model,
                grid,
                context,
                guidance,
                given == null ? null : workspace.copyOf(given),
                workspace.allocate(DType.F32, given == null ? 1 : 2, c.freqDim()),
                spans,
                WanRope.of(c, grid, workspace),
                input,
                workspace);
    }

    /** All tokens are at the step's time; those of a given first frame, if any, at time 0. */
    static List<Span> spans(WanGrid grid, boolean givenFrame) {
        int first = grid.frameTokens();
        int all = grid.tokens();
        if (!givenFrame) {
            return List.of(new Span(0, all, 0));
        }
        Span given = new Span(0, first, 1);
        // A picture as a video: no frame is left to be made.
        return first == all ? List.of(given) : List.of(given, new Span(first, all, 0));
    }

    @Override
    public DenoiserShape shape() {
        WanConfig c = model.config();
        return new DenoiserShape(
                grid.geometry(),
                c.layers(),
                c.heads(),
                c.width() / c.heads(),
                context.branches(),
                OfficialRules.WAN,
                true);
    }

    /** What is watched is the time embedding. */
    @Override
    public Inside inside() {
        int width = model.config().width();
        return new Inside(width, times.size(0), width);
    }

    @Override
    public double guidance(double timestep) {
        return scale;
    }

    @Override
    public void predict(
            double timestep, Tensor sample, AttentionPolicy policy, Blocks blocks, Tensor out) {
        fillInput(sample);
        writeTimes(timestep);
        model.forward(workspace, input, context, times, spans, rope, policy, blocks, out);
    }

    private void writeTimes(double timestep) {
        double[] t = new double[times.size(0)];
        t[0] = timestep;
        float[] rows = TimestepEmbedding.sinusoid(t, times.size(1), true, 0);
        try (Arena arena = Arena.ofConfined()) {
            workspace.backend().write(Tensor.of(arena, rows, rows.length), times);
        }
    }

    private void fillInput(Tensor sample) {
        Ops ops = workspace.ops();
        int channels = sample.size(1);
        ops.convert(sample.get(0), input.rows(0, channels));
        if (firstFrame != null) {
            for (int c = 0; c < channels; c++) {
                ops.convert(firstFrame.get(c), input.get(c).rows(0, 1));
            }
        }
    }
}

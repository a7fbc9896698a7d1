package org.svgen.models.cogvideox;

import java.lang.foreign.Arena;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.Request;
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
 * CogVideoX's transformer, told what it is to show. Everything it holds lives in the enclosing
 * scope of the workspace.
 *
 * @param embeds F32 [B, L, Dt], both guidance branches or one
 * @param image added as channels to every input, for image-to-video: F32 [F, C, H, W]
 * @param time takes the rows that the time embedding starts from: F32 [B, C]
 * @param ofs the rows that the ofs embedding starts from, for models that have one
 * @param input takes what the network sees: F32 [B, F, Cin, H, W]
 */
record CogVideoXDenoiser(
        CogVideoXTransformer model,
        Request request,
        CogVideoXSize size,
        Workspace workspace,
        CogVideoXPositions positions,
        Tensor embeds,
        @Nullable Tensor image,
        Tensor time,
        @Nullable Tensor ofs,
        Tensor input)
        implements Denoiser {
    /** What CogVideoX 1.5 image-to-video passes as ofs. */
    private static final double OFS = 2;

    static CogVideoXDenoiser of(
            CogVideoXTransformer model,
            Request request,
            CogVideoXSize size,
            Workspace workspace,
            Tensor embeds,
            @Nullable Tensor image) {
        CogVideoXConfig c = model.config();
        int batch = embeds.size(0);
        int frames = size.latentFrames();
        int h = size.height();
        int w = size.width();
        return new CogVideoXDenoiser(
                model,
                request,
                size,
                workspace,
                CogVideoXPositions.of(model, workspace, frames, h, w),
                embeds,
                image,
                workspace.allocate(DType.F32, batch, c.width()),
                c.ofsEmbedDim().isPresent() ? ofs(model, workspace, batch) : null,
                workspace.allocate(DType.F32, batch, frames, c.inChannels(), h, w));
    }

    private static Tensor ofs(CogVideoXTransformer model, Workspace workspace, int batch) {
        double[] values = new double[batch];
        Arrays.fill(values, OFS);
        float[] rows = model.ofsSinusoid(values);
        try (Arena arena = Arena.ofConfined()) {
            return workspace.copyOf(Tensor.of(arena, rows, batch, rows.length / batch));
        }
    }

    @Override
    public DenoiserShape shape() {
        CogVideoXConfig c = model.config();
        return new DenoiserShape(
                size.geometry(),
                c.layers(),
                c.heads(),
                c.width() / c.heads(),
                embeds.size(0),
                OfficialRules.COG,
                false);
    }

    @Override
    public Inside inside() {
        return new Inside(model.config().width(), embeds.size(0), model.config().timeEmbedDim());
    }

    @Override
    public double guidance(double timestep) {
        return Guidance.scale(
                request.guidance(),
                request.get(CogVideoXFamily.DYNAMIC_GUIDANCE),
                timestep,
                request.steps());
    }

    @Override
    public void predict(
            double timestep, Tensor sample, AttentionPolicy policy, Blocks blocks, Tensor out) {
        fillInput(sample);
        writeTime(timestep);
        model.forward(workspace, input, embeds, time, ofs, positions, policy, blocks, out);
    }

    private void writeTime(double t) {
        double[] times = new double[time.size(0)];
        Arrays.fill(times, t);
        try (Arena arena = Arena.ofConfined()) {
            float[] sinusoid = model.timeSinusoid(times);
            workspace.backend().write(Tensor.of(arena, sinusoid, sinusoid.length), time);
        }
    }

    /** Every batch element is the sample; image-to-video models see the condition beside it. */
    private void fillInput(Tensor sample) {
        Ops ops = workspace.ops();
        int channels = sample.size(2);
        for (int b = 0; b < input.size(0); b++) {
            for (int f = 0; f < input.size(1); f++) {
                Tensor frame = input.get(b).get(f); // [Cin, H, W]
                ops.convert(sample.get(0).get(f), frame.rows(0, channels));
                if (image != null) {
                    ops.convert(image.get(f), frame.rows(channels, frame.size(0)));
                }
            }
        }
    }
}

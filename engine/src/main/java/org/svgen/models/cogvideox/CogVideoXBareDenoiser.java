package org.svgen.models.cogvideox;

import java.lang.foreign.Arena;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.WeightSource;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.StepListener;
import org.svgen.run.AttentionPolicies;
import org.svgen.run.BareDenoiser;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.sparse.OfficialRules;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/** CogVideoX's transformer with both guidance branches in a batch. */
public final class CogVideoXBareDenoiser implements BareDenoiser {
    private static final int BATCH = 2;
    private static final int PIXELS = 8; // that a latent stands for, each way, in every CogVideoX
    private static final double TIME = 500;

    private final CogVideoXTransformer model;

    public CogVideoXBareDenoiser(Config config, WeightSource weights) {
        this.model = CogVideoXTransformer.load(config, weights);
    }

    @Override
    public Pass begin(
            Workspace workspace,
            Arena host,
            Video video,
            AttentionSettings attention,
            StepListener listener) {
        CogVideoXConfig c = model.config();
        Request request = video.request(attention);
        CogVideoXSize size = CogVideoXSize.of(request, c, PIXELS);
        AttentionPolicy policy =
                AttentionPolicies.create(
                        attention,
                        new AttentionPolicies.Run(
                                size.geometry(),
                                c.layers(),
                                BATCH,
                                c.heads(),
                                request.steps(),
                                request.seed(),
                                OfficialRules.COG),
                        workspace,
                        host,
                        listener);
        int frames = size.latentFrames();
        CogVideoXPositions positions =
                CogVideoXPositions.of(model, workspace, frames, size.height(), size.width());
        Tensor latents =
                BareDenoiser.random(
                        workspace, BATCH, frames, c.inChannels(), size.height(), size.width());
        Tensor text = BareDenoiser.random(workspace, BATCH, c.maxTextTokens(), c.textEmbedDim());
        Tensor out =
                workspace.allocate(
                        DType.F32, BATCH, frames, c.outChannels(), size.height(), size.width());
        Tensor time = rows(workspace, model.timeSinusoid(new double[] {TIME, TIME}));
        Tensor ofs =
                c.ofsEmbedDim().isPresent()
                        ? rows(workspace, model.ofsSinusoid(new double[BATCH]))
                        : null;
        Tensor faults = workspace.allocate(DType.I32, c.layers());
        return new Pass(
                size.geometry(),
                policy,
                TIME,
                () ->
                        model.forward(
                                workspace, latents, text, time, ofs, positions, policy, faults,
                                out));
    }

    private static Tensor rows(Workspace workspace, float[] values) {
        try (Arena arena = Arena.ofConfined()) {
            return workspace.copyOf(Tensor.of(arena, values, BATCH, values.length / BATCH));
        }
    }
}

package org.svgen.models.cogvideox;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.models.cogvideox.CogVideoXVideo.Condition;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Stage;
import org.svgen.run.Encoding;
import org.svgen.run.Expert;
import org.svgen.run.Numbers;
import org.svgen.run.VideoParts;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.text.T5Encoder;
import org.svgen.text.Tokens;
import org.svgen.vae.VideoDecoder;
import org.svgen.vae.VideoEncoder;

/** What CogVideoX does for one request. */
record CogVideoXVideo(
        CogVideoXModel model, Request request, CogVideoXSize size, CogVideoXPrompt prompt)
        implements VideoParts<Condition> {

    /**
     * What the denoiser is told.
     *
     * @param embeds F32 [B, L, Dt], the negative prompt's first, if guided
     * @param image F32 [F, C, H, W], added as channels, for image-to-video
     */
    record Condition(Tensor embeds, @Nullable Tensor image) {}

    @Override
    public long[] latentDims() {
        return size.latentDims(model.config().outChannels());
    }

    @Override
    public Plan.Tokens tokens() {
        return new Plan.Tokens(
                size.geometry().videoTokens(),
                size.geometry().textTokens(),
                prompt.branches().size());
    }

    @Override
    public int tokensCut() {
        return prompt.cut();
    }

    @Override
    public DType noiseType() {
        return request.noiseType();
    }

    @Override
    public Condition condition(Encoding encoding) {
        Tensor embeds =
                encoding.stage(
                        Stage.TEXT,
                        model::textEncoder,
                        (encoder, ws) -> text(encoder, ws, encoding),
                        Numbers::of);
        Tensor image =
                model.pictures().needed()
                        ? encoding.stage(
                                Stage.IMAGE,
                                model::encoder,
                                (encoder, ws) -> image(encoder, ws, encoding),
                                Numbers::of)
                        : null;
        return new Condition(embeds, image);
    }

    private Tensor text(T5Encoder encoder, Workspace workspace, Encoding encoding) {
        CogVideoXConfig c = model.config();
        int branches = prompt.branches().size();
        Tensor embeds =
                workspace.allocate(DType.F32, branches, c.maxTextTokens(), c.textEmbedDim());
        encoding.listener().progress(Stage.TEXT, 0, branches);
        for (int i = 0; i < branches; i++) {
            Tokens tokens = prompt.branches().get(i);
            encoder.encode(workspace, tokens.ids(), tokens.ids().length, embeds.get(i));
            encoding.listener().progress(Stage.TEXT, i + 1, branches);
        }
        return workspace.toHost(embeds, encoding.host());
    }

    /** The first frame's latents in front of zeros. */
    private Tensor image(VideoEncoder encoder, Workspace workspace, Encoding encoding) {
        Tensor condition =
                CogVideoXImage.condition(
                        encoder,
                        model.vaeConfig(),
                        request,
                        size,
                        workspace,
                        encoding.random(),
                        encoding.listener());
        return workspace.toHost(condition, encoding.host());
    }

    @Override
    public List<Expert<Condition, ?>> experts(double[] timesteps) {
        return List.of(
                new Expert<>(
                        "",
                        0,
                        timesteps.length,
                        weights -> model.transformer(weights, request.productsInEightBits()),
                        (transformer, workspace, condition) ->
                                CogVideoXDenoiser.of(
                                        transformer,
                                        request,
                                        size,
                                        workspace,
                                        workspace.copyOf(condition.embeds()),
                                        condition.image() == null
                                                ? null
                                                : workspace.copyOf(condition.image()))));
    }

    @Override
    public VideoDecoder decoder(WeightMemory weights) {
        return model.decoder(weights);
    }

    @Override
    public Tensor decodable(Workspace workspace, Tensor latents) {
        int frames = size.latentFrames() - size.paddingFrames();
        Tensor rows =
                workspace.copyOf(latents.get(0).rows(size.paddingFrames(), size.latentFrames()));
        Tensor z =
                workspace.allocate(DType.F32, frames, size.height(), size.width(), latents.size(2));
        workspace.ops().permute(rows, new int[] {0, 2, 3, 1}, z);
        workspace.ops().axpby((float) (1 / model.vaeConfig().scalingFactor()), z, 0, z, z);
        return z;
    }
}

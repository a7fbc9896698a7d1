package org.svgen.models.hunyuan;

import java.util.List;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.models.hunyuan.HunyuanTransformer.Text;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Stage;
import org.svgen.run.Encoding;
import org.svgen.run.Expert;
import org.svgen.run.Numbers;
import org.svgen.run.VideoParts;
import org.svgen.sparse.VideoGeometry;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.vae.VideoDecoder;

/** What HunyuanVideo does for one request. */
record HunyuanVideo(HunyuanModel model, Request request, HunyuanSize size, HunyuanPrompt prompt)
        implements VideoParts<Text> {

    @Override
    public long[] latentDims() {
        return size.latentDims(model.config().inChannels());
    }

    @Override
    public Plan.Tokens tokens() {
        VideoGeometry geometry = size.geometry(prompt.tokens());
        return new Plan.Tokens(geometry.videoTokens(), geometry.textTokens(), 1);
    }

    @Override
    public int tokensCut() {
        return prompt.llama().cut();
    }

    @Override
    public Text condition(Encoding encoding) {
        return encoding.stage(
                Stage.TEXT,
                weights -> HunyuanText.load(model.checkpoint(), weights),
                (encoders, ws) -> text(encoders, ws, encoding),
                made -> Numbers.of(made.embeds(), made.pooled()));
    }

    private Text text(HunyuanText encoders, Workspace workspace, Encoding encoding) {
        HunyuanConfig c = model.config();
        Tensor embeds =
                workspace.allocate(DType.F32, PromptTemplate.PROMPT_TOKENS, c.textEmbedDim());
        Tensor pooled = workspace.allocate(DType.F32, 1, c.pooledDim());
        encoding.listener().progress(Stage.TEXT, 0, 1);
        encoders.encode(
                workspace,
                prompt.llama(),
                prompt.clip(),
                request.get(HunyuanFamily.LLAMA_ROTARY),
                embeds,
                pooled);
        encoding.listener().progress(Stage.TEXT, 1, 1);
        return new Text(
                workspace.toHost(embeds, encoding.host()),
                prompt.tokens(),
                workspace.toHost(pooled, encoding.host()));
    }

    @Override
    public List<Expert<Text, ?>> experts(double[] timesteps) {
        return List.of(
                new Expert<>(
                        "",
                        0,
                        timesteps.length,
                        weights -> model.transformer(weights, request.productsInEightBits()),
                        (transformer, workspace, text) ->
                                HunyuanDenoiser.of(
                                        transformer,
                                        size,
                                        new Text(
                                                workspace.copyOf(text.embeds()),
                                                text.prompt(),
                                                workspace.copyOf(text.pooled())),
                                        request.guidance(),
                                        workspace)));
    }

    @Override
    public VideoDecoder decoder(WeightMemory weights) {
        return model.decoder(weights);
    }

    @Override
    public Tensor decodable(Workspace workspace, Tensor latents) {
        Tensor planes = workspace.copyOf(latents.get(0));
        Tensor z =
                workspace.allocate(
                        DType.F32, size.frames(), size.height(), size.width(), latents.size(1));
        workspace.ops().permute(planes, new int[] {1, 2, 3, 0}, z);
        workspace.ops().axpby((float) (1 / model.vaeConfig().scalingFactor()), z, 0, z, z);
        return z;
    }
}

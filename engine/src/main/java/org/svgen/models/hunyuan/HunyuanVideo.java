package org.svgen.models.hunyuan;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
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
        implements VideoParts<HunyuanTold> {
    /** The share of noise in what a run from a picture begins with (diffusers: {@code t}). */
    private static final float NOISE = 0.999f;

    @Override
    public long[] latentDims() {
        return size.latentDims(model.config().outChannels());
    }

    @Override
    public Plan.Tokens tokens() {
        VideoGeometry geometry = size.geometry(prompt.rows(), prompt.tokens());
        return new Plan.Tokens(geometry.videoTokens(), geometry.textTokens(), 1);
    }

    @Override
    public int tokensCut() {
        return prompt.llama().cut();
    }

    @Override
    public HunyuanTold condition(Encoding encoding) {
        Text text =
                encoding.stage(
                        Stage.TEXT,
                        weights -> HunyuanText.load(model.checkpoint(), weights),
                        (encoders, ws) -> text(encoders, ws, encoding),
                        made -> Numbers.of(made.embeds(), made.pooled()));
        Tensor picture = request.image();
        return new HunyuanTold(
                text,
                model.sight() == null || picture == null
                        ? null
                        : new HunyuanFrame(model, request, size).encode(encoding, picture));
    }

    private Text text(HunyuanText encoders, Workspace workspace, Encoding encoding) {
        HunyuanConfig c = model.config();
        Tensor embeds = workspace.allocate(DType.F32, prompt.rows(), c.textEmbedDim());
        Tensor pooled = workspace.allocate(DType.F32, 1, c.pooledDim());
        encoding.listener().progress(Stage.TEXT, 0, 1);
        DType rotary = request.get(HunyuanFamily.LLAMA_ROTARY);
        if (prompt.picture().isPresent()) {
            try (Arena arena = Arena.ofShared()) {
                encoders.encode(
                        workspace,
                        prompt.picture().orElseThrow(),
                        pixels(encoding, arena),
                        prompt.clip(),
                        rotary,
                        embeds,
                        pooled);
            }
        } else {
            encoders.encode(workspace, prompt.llama(), prompt.clip(), rotary, embeds, pooled);
        }
        encoding.listener().progress(Stage.TEXT, 1, 1);
        return new Text(
                workspace.toHost(embeds, encoding.host()),
                prompt.tokens(),
                workspace.toHost(pooled, encoding.host()));
    }

    /** What Llava sees of the picture, as it was given. */
    private Tensor pixels(Encoding encoding, Arena arena) {
        HunyuanSight sight = Objects.requireNonNull(model.sight(), "a model that sees");
        int side = sight.config().vision().imageSize();
        Tensor picture = request.image();
        return encoding.stages().rehearsal() || picture == null
                ? Tensor.zeros(arena, DType.F32, 3, side, side)
                : sight.picture().pixels(arena, picture);
    }

    @Override
    public List<Expert<HunyuanTold, ?>> experts(double[] timesteps) {
        return List.of(
                new Expert<>(
                        "",
                        0,
                        timesteps.length,
                        weights -> model.transformer(weights, request.productsInEightBits()),
                        this::denoiser));
    }

    private HunyuanDenoiser denoiser(
            HunyuanTransformer transformer, Workspace workspace, HunyuanTold told) {
        Text text = told.text();
        Tensor frame = told.frame();
        return HunyuanDenoiser.of(
                transformer,
                size,
                new Text(
                        workspace.copyOf(text.embeds()),
                        text.prompt(),
                        workspace.copyOf(text.pooled())),
                frame == null ? null : workspace.copyOf(frame),
                request.guidance(),
                workspace);
    }

    /** The picture's latents have a thousandth part in the noise of each frame. */
    @Override
    public void start(HunyuanTold told, Workspace workspace, Tensor latents) {
        Tensor given = told.frame();
        if (given == null) {
            return;
        }
        try (var _ = workspace.scope()) {
            Tensor frame = workspace.copyOf(given);
            for (int c = 0; c < frame.size(0); c++) {
                Tensor frames = latents.get(0).get(c);
                for (int f = 0; f < frames.size(0); f++) {
                    workspace
                            .ops()
                            .axpby(
                                    NOISE,
                                    frames.get(f),
                                    1 - NOISE,
                                    frame.get(c).get(0),
                                    frames.get(f));
                }
            }
        }
    }

    /** A frame that takes the first one's place stays as it is. */
    @Override
    public void settle(HunyuanTold told, Tensor latents) {
        Tensor given = told.frame();
        if (given == null || model.config().given() != GivenFrame.REPLACED) {
            return;
        }
        for (int c = 0; c < given.size(0); c++) {
            Tensor frame = given.get(c).get(0);
            MemorySegment.copy(
                    frame.host(), 0, latents.get(0).get(c).get(0).host(), 0, frame.bytes());
        }
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

package org.svgen.models.hunyuan;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
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

/**
 * What HunyuanVideo does for one request.
 *
 * @param prompts by branch of guidance, the request's last
 */
record HunyuanVideo(
        HunyuanModel model, Request request, HunyuanSize size, List<HunyuanPrompt> prompts)
        implements VideoParts<HunyuanTold> {
    /** The share of noise in what a run from a picture begins with (diffusers: {@code t}). */
    private static final float NOISE = 0.999f;

    HunyuanVideo {
        prompts = List.copyOf(prompts);
    }

    /** Whether a second pass of each step steers away from the negative prompt. */
    static boolean guides(Request request) {
        return request.get(HunyuanFamily.TRUE_GUIDANCE) > 1;
    }

    @Override
    public long[] latentDims() {
        return size.latentDims(model.config().outChannels());
    }

    @Override
    public Plan.Tokens tokens() {
        int text = prompts.stream().mapToInt(HunyuanPrompt::rows).max().orElseThrow();
        VideoGeometry geometry = size.geometry(text, text);
        return new Plan.Tokens(geometry.videoTokens(), text, prompts.size());
    }

    @Override
    public int tokensCut() {
        return prompts.stream().mapToInt(prompt -> prompt.llama().cut()).sum();
    }

    @Override
    public HunyuanTold condition(Encoding encoding) {
        List<Text> texts =
                encoding.stage(
                        Stage.TEXT,
                        weights -> HunyuanText.load(model.checkpoint(), weights),
                        (encoders, ws) -> texts(encoders, ws, encoding),
                        HunyuanVideo::numbers);
        Tensor picture = request.image();
        return new HunyuanTold(
                texts,
                model.sight() == null || picture == null
                        ? null
                        : new HunyuanFrame(model, request, size).encode(encoding, picture));
    }

    private static Numbers numbers(List<Text> made) {
        return Numbers.of(
                made.stream()
                        .flatMap(text -> Stream.of(text.embeds(), text.pooled()))
                        .toArray(Tensor[]::new));
    }

    private List<Text> texts(HunyuanText encoders, Workspace workspace, Encoding encoding) {
        List<Text> made = new ArrayList<>();
        encoding.listener().progress(Stage.TEXT, 0, prompts.size());
        for (HunyuanPrompt prompt : prompts) {
            try (var _ = workspace.scope()) {
                made.add(text(prompt, encoders, workspace, encoding));
            }
            encoding.listener().progress(Stage.TEXT, made.size(), prompts.size());
        }
        return made;
    }

    private Text text(
            HunyuanPrompt prompt, HunyuanText encoders, Workspace workspace, Encoding encoding) {
        HunyuanConfig c = model.config();
        Tensor embeds = workspace.allocate(DType.F32, prompt.rows(), c.textEmbedDim());
        Tensor pooled = workspace.allocate(DType.F32, 1, c.pooledDim());
        DType rotary = request.get(HunyuanFamily.LLAMA_ROTARY);
        if (prompt.picture().isPresent()) {
            try (Arena arena = Arena.ofShared()) {
                encoders.encode(
                        workspace,
                        prompt.picture().orElseThrow(),
                        pixels(prompt, encoding, arena),
                        prompt.clip(),
                        rotary,
                        embeds,
                        pooled);
            }
        } else {
            encoders.encode(workspace, prompt.llama(), prompt.clip(), rotary, embeds, pooled);
        }
        return new Text(
                workspace.toHost(embeds, encoding.host()),
                prompt.tokens(),
                workspace.toHost(pooled, encoding.host()));
    }

    /** What Llava sees of the picture, as it was given; beside a negative prompt it is black. */
    private Tensor pixels(HunyuanPrompt prompt, Encoding encoding, Arena arena) {
        HunyuanSight sight = Objects.requireNonNull(model.sight(), "a model that sees");
        int side = sight.config().vision().imageSize();
        Tensor picture = request.image();
        if (encoding.stages().rehearsal() || picture == null) {
            return Tensor.zeros(arena, DType.F32, 3, side, side);
        }
        Tensor seen =
                prompt == prompts.getLast()
                        ? picture
                        : Tensor.zeros(arena, DType.F32, picture.shape().dims());
        return sight.picture().pixels(arena, seen);
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
        Tensor frame = told.frame();
        return HunyuanDenoiser.of(
                transformer,
                size,
                told.texts().stream()
                        .map(text ->
                                new Text(
                                        workspace.copyOf(text.embeds()),
                                        text.prompt(),
                                        workspace.copyOf(text.pooled())))
                        .toList(),
                frame == null ? null : workspace.copyOf(frame),
                request.guidance(),
                request.get(HunyuanFamily.TRUE_GUIDANCE),
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

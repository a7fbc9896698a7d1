package org.svgen.models.hunyuan;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.LayerNorm;
import org.svgen.nn.Linear;
import org.svgen.nn.Patches;
import org.svgen.nn.Patches.Layout;
import org.svgen.nn.Rope3d;
import org.svgen.nn.joint.Conditioning;
import org.svgen.nn.joint.DoubleBlock;
import org.svgen.nn.joint.JointBlock;
import org.svgen.nn.joint.JointBlock.Given;
import org.svgen.nn.joint.JointBlock.Step;
import org.svgen.nn.joint.TextRefiner;
import org.svgen.pipeline.Request;
import org.svgen.run.Blocks;
import org.svgen.run.Denoiser;
import org.svgen.run.Transformer;
import org.svgen.run.Trial;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Weight;

/**
 * The HunyuanVideo denoiser (diffusers: {@code HunyuanVideoTransformer3DModel}). Tokens of video
 * and text are one sequence, text last, its padding at the very end.
 */
record HunyuanTransformer(
        HunyuanConfig config,
        Linear patch,
        TextRefiner refiner,
        Conditioning conditioning,
        List<JointBlock> blocks,
        Linear outModulation,
        Linear projection)
        implements Transformer {
    private static final int PIXELS = 8; // a latent's width and height
    private static final int FRAMES = 4; // that a latent frame behind the first stands for
    private static final int TRIAL_PROMPT = PromptTemplate.PROMPT_TOKENS * 3 / 4;
    private static final int TRIAL_PICTURE = 576;
    private static final LayerNorm NORM = new LayerNorm(null, null, 1e-6f);

    static HunyuanTransformer load(Config json, WeightSource w) {
        HunyuanConfig c = HunyuanConfig.read(json);
        int width = c.width();
        w.blocksEnd("transformer_blocks", c.doubleLayers());
        w.blocksEnd("single_transformer_blocks", c.layers() - c.doubleLayers());
        return new HunyuanTransformer(
                c,
                patch(c, w),
                TextRefiner.load(
                        c.shape(), c.textEmbedDim(), c.refinerLayers(), w.at("context_embedder")),
                Conditioning.load(
                        w.at("time_text_embed"), c.pooledDim(), width, c.guidanceEmbeds()),
                w.layers(c.layers(), layer -> block(c, w, layer)),
                Linear.load(w, "norm_out.linear", width, 2 * width, true),
                Linear.load(w, "proj_out", width, c.patchValues(c.outChannels()), true));
    }

    private static JointBlock block(HunyuanConfig c, WeightSource w, int layer) {
        return layer < c.doubleLayers()
                ? DoubleBlock.load(c.shape(), w, layer)
                : SingleBlock.load(c, w, layer - c.doubleLayers());
    }

    private static Linear patch(HunyuanConfig c, WeightSource w) {
        int p = c.patchSize();
        Weight weight =
                w.weight("x_embedder.proj.weight", c.width(), c.inChannels(), c.patchSizeT(), p, p);
        return new Linear(
                weight.reshape(c.width(), c.patchValues(c.inChannels())),
                w.tensor("x_embedder.proj.bias", c.width()));
    }

    /**
     * What the model is told besides the latents.
     *
     * @param embeds [T, Dt], padding included, if there is any
     * @param prompt how many of them are no padding
     * @param pooled [1, pooledDim]
     */
    record Text(Tensor embeds, int prompt, Tensor pooled) {
        /** Padding included. */
        int rows() {
            return embeds.size(0);
        }
    }

    /**
     * Predicts the scheduler's model output, for each branch of guidance, one after the other.
     *
     * @param texts by branch; the prompt's is the last
     * @param timeSinusoid [1, {@link Conditioning#CHANNELS}]
     * @param guidanceSinusoid likewise, of a thousand times the scale
     * @param walk goes through the blocks
     */
    void forward(
            Workspace workspace,
            Tensor latents, // [Cin, F, H, W]
            List<Text> texts,
            Tensor timeSinusoid,
            @Nullable Tensor guidanceSinusoid,
            RopeTables rope,
            AttentionPolicy policy,
            Blocks walk,
            Tensor out) { // [branches, Cout, F, H, W]
        try (var _ = workspace.scope()) {
            List<Step> steps = new ArrayList<>();
            for (Text text : texts) {
                steps.add(
                        step(
                                workspace,
                                latents,
                                text,
                                timeSinusoid,
                                guidanceSinusoid,
                                rope,
                                policy,
                                steps.size()));
            }
            int video = steps.getFirst().videoTokens();
            Tensor x = embedTokens(workspace, latents, texts, timeSinusoid);
            int last = texts.size() - 1;
            walk.run(
                    blocks,
                    x,
                    signal -> watch(steps.get(last), x.get(last).rows(0, video), signal),
                    (block, faults) -> {
                        for (int b = 0; b < texts.size(); b++) {
                            long end = video + texts.get(b).rows();
                            block.forward(steps.get(b), x.get(b).rows(0, end), faults);
                        }
                    });
            for (int b = 0; b < texts.size(); b++) {
                Tensor condition = steps.get(b).condition();
                project(workspace, condition, x.get(b).rows(0, video), out.get(b));
            }
        }
    }

    private void project(Workspace workspace, Tensor condition, Tensor video, Tensor out) {
        Ops ops = workspace.ops();
        int width = config.width();
        try (var _ = workspace.scope()) {
            Tensor parts = workspace.allocate(DType.F32, 2, width);
            outModulation.apply(ops, condition, parts.reshape(1, 2L * width));
            Tensor h = workspace.allocate(DType.F32, video.size(0), width);
            NORM.apply(ops, video, parts.get(0), parts.get(1), h);
            unpatchify(workspace, h, out);
        }
    }

    /**
     * What blocks share. Tokens of a first frame that is given are at time 0, and at no guidance.
     */
    Step step(
            Workspace workspace,
            Tensor latents,
            Text text,
            Tensor timeSinusoid,
            @Nullable Tensor guidanceSinusoid,
            RopeTables rope,
            AttentionPolicy policy,
            int branch) {
        Tensor condition =
                conditioning.apply(workspace, timeSinusoid, text.pooled, guidanceSinusoid);
        int video = Math.toIntExact(patches().count(latents));
        return new Step(
                workspace,
                condition,
                config.given() == GivenFrame.REPLACED
                        ? given(workspace, text, video / latents.size(1))
                        : null,
                video,
                rope.cos(),
                rope.sin(),
                policy,
                branch);
    }

    private Given given(Workspace workspace, Text text, int tokens) {
        float[] zero = Conditioning.sinusoid(0);
        try (Arena arena = Arena.ofConfined()) {
            Tensor sinusoid = workspace.copyOf(Tensor.of(arena, zero, 1, Conditioning.CHANNELS));
            return new Given(conditioning.apply(workspace, sinusoid, text.pooled, null), tokens);
        }
    }

    /** The video's tokens [V, C] as the first block sees them, which caches watch. */
    private void watch(Step step, Tensor video, Tensor signal) {
        if (blocks.getFirst() instanceof DoubleBlock first) {
            first.watch(step, video, signal);
        }
    }

    @Override
    public long[] latentDims(Request request) {
        return size(request).latentDims(config.outChannels());
    }

    private HunyuanSize size(Request request) {
        return HunyuanSize.of(request, config, PIXELS, FRAMES);
    }

    /** A prompt that fills its place but for a few tokens. */
    @Override
    public Denoiser trial(Request request, Workspace workspace) {
        HunyuanSize size = size(request);
        boolean given = config.given() != GivenFrame.NONE;
        int picture = given ? TRIAL_PICTURE / config.given().stride() : 0;
        int rows = given ? picture + TRIAL_PROMPT : PromptTemplate.PROMPT_TOKENS;
        return HunyuanDenoiser.of(
                this,
                size,
                List.of(
                        new Text(
                                Trial.random(workspace, rows, config.textEmbedDim()),
                                picture + TRIAL_PROMPT,
                                Trial.random(workspace, 1, config.pooledDim()))),
                given
                        ? Trial.random(
                                workspace, config.outChannels(), 1, size.height(), size.width())
                        : null,
                request.guidance(),
                HunyuanFamily.TRUE_GUIDANCE.absent(),
                workspace);
    }

    /**
     * Rotary tables of the video's tokens.
     *
     * @param cos F32 [V, D]
     * @param sin F32 [V, D]
     */
    record RopeTables(Tensor cos, Tensor sin) {}

    /** The positions of the tokens of [C, frames, height, width] latents. */
    Rope3d rope(int frames, int height, int width) {
        return Rope3d.of(
                config.ropeDims().stream().mapToInt(d -> d).toArray(),
                config.ropeTheta(),
                Rope3d.integers(frames / config.patchSizeT()),
                Rope3d.integers(height / config.patchSize()),
                Rope3d.integers(width / config.patchSize()));
    }

    /**
     * The token stream [branches, V + T, C] that the blocks begin with. A branch whose text is
     * shorter than another's ends with zeros, which no block looks at.
     */
    Tensor embedTokens(Workspace workspace, Tensor latents, List<Text> texts, Tensor timeSinusoid) {
        Ops ops = workspace.ops();
        long video = patches().count(latents);
        long all = video + texts.stream().mapToInt(Text::rows).max().orElseThrow();
        Tensor x = workspace.allocate(DType.F32, texts.size(), all, config.width());
        try (var _ = workspace.scope()) {
            Tensor cut = patches().cut(workspace, latents);
            for (int b = 0; b < texts.size(); b++) {
                patch.apply(ops, cut, x.get(b).rows(0, video));
            }
        }
        for (int b = 0; b < texts.size(); b++) {
            Text text = texts.get(b);
            long end = video + text.rows();
            Tensor refined = x.get(b).rows(video, end);
            refiner.apply(workspace, text.embeds, text.prompt, timeSinusoid, refined);
            if (end < all) {
                ops.fill(0, x.get(b).rows(end, all));
            }
        }
        return x;
    }

    private void unpatchify(
            Workspace workspace, Tensor video, Tensor out) { // [V, C] -> [C, F, H, W]
        Ops ops = workspace.ops();
        Tensor patches =
                workspace.allocate(
                        DType.F32, video.size(0), config.patchValues(config.outChannels()));
        projection.apply(ops, video, patches);
        patches().join(ops, patches, out);
    }

    private Patches patches() {
        return new Patches(Layout.CHANNELS_FIRST, config.patchSizeT(), config.patchSize());
    }
}

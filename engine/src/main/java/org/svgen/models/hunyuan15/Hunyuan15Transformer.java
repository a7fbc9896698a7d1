package org.svgen.models.hunyuan15;

import java.util.List;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.LayerNorm;
import org.svgen.nn.Linear;
import org.svgen.nn.Patches;
import org.svgen.nn.Patches.Layout;
import org.svgen.nn.Rope3d;
import org.svgen.nn.joint.DoubleBlock;
import org.svgen.nn.joint.JointBlock.Step;
import org.svgen.nn.joint.TextRefiner;
import org.svgen.pipeline.Request;
import org.svgen.run.Blocks;
import org.svgen.run.Denoiser;
import org.svgen.run.Transformer;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;

/**
 * The denoiser of HunyuanVideo-1.5 (diffusers: {@code HunyuanVideo15Transformer3DModel}). Tokens of
 * video and text are one sequence, text last. What diffusers pads texts with, and then masks, is
 * not there at all.
 *
 * @param kinds [3, C]: vectors of prompt, quoted text and picture
 */
record Hunyuan15Transformer(
        Hunyuan15Config config,
        Linear patch,
        TextRefiner refiner,
        Projection glyphs,
        Projection pictures,
        Tensor kinds,
        TimeEmbedder time,
        List<DoubleBlock> blocks,
        Linear outModulation,
        Linear projection)
        implements Transformer {
    private static final Patches PATCHES = new Patches(Layout.CHANNELS_FIRST, 1, 1);
    private static final LayerNorm NORM = new LayerNorm(null, null, 1e-6f);

    static Hunyuan15Transformer load(Config json, WeightSource w) {
        Hunyuan15Config c = Hunyuan15Config.read(json);
        int width = c.width();
        w.blocksEnd("transformer_blocks", c.layers());
        return new Hunyuan15Transformer(
                c,
                new Linear(
                        w.weight("x_embedder.proj.weight", width, c.inChannels(), 1, 1, 1)
                                .reshape(width, c.inChannels()),
                        w.tensor("x_embedder.proj.bias", width)),
                TextRefiner.load(
                        c.shape(), c.textDim(), c.refinerLayers(), w.at("context_embedder")),
                Projection.ofGlyphs(c, w.at("context_embedder_2")),
                Projection.ofPictures(c, w.at("image_embedder")),
                w.tensor("cond_type_embed.weight", 3, width),
                TimeEmbedder.load(c, w.at("time_embed")),
                w.layers(c.layers(), layer -> DoubleBlock.load(c.shape(), w, layer)),
                Linear.load(w, "norm_out.linear", width, 2 * width, true),
                Linear.load(w, "proj_out", width, c.outChannels(), true));
    }

    /**
     * Predicts the scheduler's model output, for each branch of guidance, one after the other.
     *
     * @param latents F32 [Cin, F, H, W], the same for all branches
     * @param texts by branch
     * @param sinusoids F32 [2, channels]: of the time, and of that at the end of the step
     * @param rope tables of the video's tokens
     * @param walk goes through the blocks
     * @param out F32 [branches, Cout, F, H, W]
     */
    void forward(
            Workspace workspace,
            Tensor latents,
            List<Hunyuan15Text> texts,
            Tensor sinusoids,
            RopeTables rope,
            AttentionPolicy policy,
            Blocks walk,
            Tensor out) {
        try (var _ = workspace.scope()) {
            Tensor condition = time.apply(workspace, sinusoids);
            int video = Math.toIntExact(PATCHES.count(latents));
            Tensor x = embedTokens(workspace, latents, texts, sinusoids.rows(0, 1));
            int last = texts.size() - 1; // the branch with the prompt
            walk.run(
                    blocks,
                    x,
                    signal ->
                            blocks.getFirst()
                                    .watch(
                                            step(workspace, condition, video, rope, policy, last),
                                            x.get(last).rows(0, video),
                                            signal),
                    (block, faults) -> {
                        for (int b = 0; b < texts.size(); b++) {
                            block.forward(
                                    step(workspace, condition, video, rope, policy, b),
                                    x.get(b).rows(0, video + texts.get(b).tokens()),
                                    faults);
                        }
                    });
            for (int b = 0; b < texts.size(); b++) {
                project(workspace, condition, x.get(b).rows(0, video), out.get(b));
            }
        }
    }

    private static Step step(
            Workspace workspace,
            Tensor condition,
            int video,
            RopeTables rope,
            AttentionPolicy policy,
            int branch) {
        return new Step(workspace, condition, video, rope.cos(), rope.sin(), policy, branch);
    }

    /**
     * The token stream [branches, N, C] that the blocks begin with. A branch whose text is shorter
     * than another's ends with zeros, which no block looks at.
     */
    Tensor embedTokens(
            Workspace workspace, Tensor latents, List<Hunyuan15Text> texts, Tensor timeSinusoid) {
        Ops ops = workspace.ops();
        long video = PATCHES.count(latents);
        long all = video + texts.stream().mapToInt(Hunyuan15Text::tokens).max().orElseThrow();
        Tensor x = workspace.allocate(DType.F32, texts.size(), all, config.width());
        try (var _ = workspace.scope()) {
            Tensor cut = PATCHES.cut(workspace, latents);
            for (int b = 0; b < texts.size(); b++) {
                patch.apply(ops, cut, x.get(b).rows(0, video));
            }
        }
        for (int b = 0; b < texts.size(); b++) {
            long end = video + texts.get(b).tokens();
            texts.get(b).write(this, workspace, timeSinusoid, x.get(b).rows(video, end));
            if (end < all) {
                ops.fill(0, x.get(b).rows(end, all));
            }
        }
        return x;
    }

    private void project(Workspace workspace, Tensor condition, Tensor video, Tensor out) {
        Ops ops = workspace.ops();
        int width = config.width();
        try (var _ = workspace.scope()) {
            Tensor parts = workspace.allocate(DType.F32, 2, width);
            outModulation.apply(ops, condition, parts.reshape(1, 2L * width));
            Tensor h = workspace.allocate(DType.F32, video.size(0), width);
            NORM.apply(ops, video, parts.get(0), parts.get(1), h);
            Tensor pixels = workspace.allocate(DType.F32, video.size(0), config.outChannels());
            projection.apply(ops, h, pixels);
            PATCHES.join(ops, pixels, out);
        }
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
                Rope3d.integers(frames),
                Rope3d.integers(height),
                Rope3d.integers(width));
    }

    @Override
    public long[] latentDims(Request request) {
        return Hunyuan15Size.of(request).latentDims(config.outChannels());
    }

    @Override
    public Denoiser trial(Request request, Workspace workspace) {
        return Hunyuan15Trial.begin(this, request, workspace);
    }
}

package org.svgen.models.cogvideox;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.LayerNorm;
import org.svgen.nn.Linear;
import org.svgen.nn.Patches;
import org.svgen.nn.Patches.Layout;
import org.svgen.nn.TimestepEmbedding;
import org.svgen.pipeline.Request;
import org.svgen.run.Blocks;
import org.svgen.run.Denoiser;
import org.svgen.run.Transformer;
import org.svgen.run.Trial;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.Weight;

/**
 * The CogVideoX denoiser (diffusers: {@code CogVideoXTransformer3DModel}). Tokens of text and video
 * are one sequence, text first.
 *
 * @param learnedPositions [1, text + video tokens, C], if the model learned them
 */
record CogVideoXTransformer(
        CogVideoXConfig config,
        Linear patch,
        Linear text,
        TimestepEmbedding time,
        @Nullable TimestepEmbedding ofs,
        @Nullable Tensor learnedPositions,
        List<CogVideoXBlock> blocks,
        LayerNorm finalNorm,
        Linear outModulation,
        LayerNorm outNorm,
        Linear projection)
        implements Transformer {
    private static final int PIXELS = 8; // a latent's width and height in every CogVideoX
    private static final int TRIAL_BRANCHES = 2;

    static CogVideoXTransformer load(Config json, WeightSource w) {
        CogVideoXConfig c = CogVideoXConfig.read(json);
        int width = c.width();
        Activation f = c.timestepActivation();
        w.blocksEnd("transformer_blocks", c.layers());
        return new CogVideoXTransformer(
                c,
                patch(c, w),
                Linear.load(w, "patch_embed.text_proj", c.textEmbedDim(), width, true),
                TimestepEmbedding.load(w, "time_embedding", width, c.timeEmbedDim(), f),
                c.ofsEmbedDim().isPresent()
                        ? TimestepEmbedding.load(
                                w, "ofs_embedding", c.ofsEmbedDim().getAsInt(), c.timeEmbedDim(), f)
                        : null,
                c.learnedPositions()
                        ? w.tensor("patch_embed.pos_embedding", 1, learnedTokens(c), width)
                        : null,
                w.layers(c.layers(), layer -> CogVideoXBlock.load(c, w, layer)),
                LayerNorm.load(w, "norm_final", width, c.normAffine(), c.normEps()),
                Linear.load(w, "norm_out.linear", c.timeEmbedDim(), 2 * width, true),
                LayerNorm.load(w, "norm_out.norm", width, c.normAffine(), c.normEps()),
                Linear.load(w, "proj_out", width, c.patchValues(c.outChannels()), true));
    }

    private static Linear patch(CogVideoXConfig c, WeightSource w) {
        String name = "patch_embed.proj";
        if (!c.patchConvolution()) {
            return Linear.load(w, name, c.patchValues(c.inChannels()), c.width(), true);
        }
        int p = c.patchSize();
        Weight weight = w.weight(name + ".weight", c.width(), c.inChannels(), p, p);
        return new Linear(
                weight.reshape(c.width(), c.patchValues(c.inChannels())),
                c.patchBias() ? w.tensor(name + ".bias", c.width()) : null);
    }

    private static long learnedTokens(CogVideoXConfig c) {
        long frames = (c.sampleFrames() - 1L) / c.temporalCompression() + 1;
        int p = c.patchSize();
        return c.maxTextTokens() + frames * (c.sampleHeight() / p) * (c.sampleWidth() / p);
    }

    /**
     * Predicts the scheduler's model output.
     *
     * @param timeSinusoid one row for each batch element, see {@link #timeSinusoid}
     * @param ofsSinusoid likewise, for models with an ofs embedding
     * @param walk goes through the blocks
     */
    void forward(
            Workspace workspace,
            Tensor latents, // [B, F, Cin, H, W]
            Tensor textEmbeds, // [B, L, Dt]
            Tensor timeSinusoid, // [B, C]
            @Nullable Tensor ofsSinusoid, // [B, O]
            CogVideoXPositions positions,
            AttentionPolicy policy,
            Blocks walk,
            Tensor out) { // [B, F, Cout, H, W]
        Ops ops = workspace.ops();
        int batch = latents.size(0);
        int l = textEmbeds.size(1);
        try (var _ = workspace.scope()) {
            Tensor embedding = embedTime(workspace, timeSinusoid, ofsSinusoid);
            Tensor x = embedTokens(workspace, latents, textEmbeds, positions);
            walk.run(
                    blocks,
                    x,
                    signal -> watch(workspace, timeSinusoid, ofsSinusoid, signal),
                    (block, faults) ->
                            block.forward(
                                    workspace,
                                    x,
                                    l,
                                    embedding,
                                    positions.cos(),
                                    positions.sin(),
                                    policy,
                                    faults));
            int n = x.size(1);
            Tensor parts = workspace.allocate(DType.F32, batch, 2, config.width());
            outModulation.apply(ops, embedding, parts.reshape(batch, 2L * config.width()));
            for (int b = 0; b < batch; b++) {
                Tensor video = x.get(b).rows(l, n);
                Tensor shift = parts.get(b).get(0);
                Tensor scale = parts.get(b).get(1);
                try (var _ = workspace.scope()) {
                    Tensor h = workspace.allocate(DType.F32, video.shape().dims());
                    finalNorm.apply(ops, video, h);
                    outNorm.apply(ops, h, scale, shift, video);
                    unpatchify(workspace, video, out.get(b));
                }
            }
        }
    }

    @Override
    public long[] latentDims(Request request) {
        return CogVideoXSize.of(request, config, PIXELS).latentDims(config.outChannels());
    }

    /** Both guidance branches in a batch. */
    @Override
    public Denoiser trial(Request request, Workspace workspace) {
        CogVideoXConfig c = config;
        CogVideoXSize size = CogVideoXSize.of(request, c, PIXELS);
        int added = c.inChannels() - c.outChannels(); // an image's channels
        return CogVideoXDenoiser.of(
                this,
                request,
                size,
                workspace,
                Trial.random(workspace, TRIAL_BRANCHES, c.maxTextTokens(), c.textEmbedDim()),
                added == 0
                        ? null
                        : Trial.random(
                                workspace,
                                size.latentFrames(),
                                added,
                                size.height(),
                                size.width()));
    }

    /** The rows that the time embedding starts from, [t.length * width]. */
    float[] timeSinusoid(double[] t) {
        return TimestepEmbedding.sinusoid(
                t, config.width(), config.flipSinToCos(), config.freqShift());
    }

    /** The rows that the ofs embedding starts from, [ofs.length * ofsEmbedDim]. */
    float[] ofsSinusoid(double[] values) {
        return TimestepEmbedding.sinusoid(
                values,
                config.ofsEmbedDim().orElseThrow(),
                config.flipSinToCos(),
                config.freqShift());
    }

    /** silu of the embedding of time (and ofs): all uses of it begin with silu. */
    Tensor embedTime(Workspace workspace, Tensor timeSinusoid, @Nullable Tensor ofsSinusoid) {
        Tensor sum = workspace.allocate(DType.F32, timeSinusoid.size(0), config.timeEmbedDim());
        watch(workspace, timeSinusoid, ofsSinusoid, sum);
        workspace.ops().activate(Activation.SILU, sum, sum);
        return sum;
    }

    /** The embedding of time (and ofs), which caches watch. */
    private void watch(
            Workspace workspace,
            Tensor timeSinusoid,
            @Nullable Tensor ofsSinusoid,
            Tensor sum) { // [B, E]
        Ops ops = workspace.ops();
        time.apply(workspace, timeSinusoid, sum);
        if (ofs != null && ofsSinusoid != null) {
            try (var _ = workspace.scope()) {
                Tensor other = workspace.allocate(DType.F32, sum.shape().dims());
                ofs.apply(workspace, ofsSinusoid, other);
                ops.axpby(1, sum, 1, other, sum);
            }
        }
    }

    Tensor embedTokens(
            Workspace workspace, Tensor latents, Tensor textEmbeds, CogVideoXPositions positions) {
        Ops ops = workspace.ops();
        int batch = latents.size(0);
        int l = textEmbeds.size(1);
        long v = patches().count(latents.get(0));
        Tensor x = workspace.allocate(DType.F32, batch, l + v, config.width());
        for (int b = 0; b < batch; b++) {
            text.apply(ops, textEmbeds.get(b), x.get(b).rows(0, l));
            Tensor video = x.get(b).rows(l, l + v);
            try (var _ = workspace.scope()) {
                patch.apply(ops, patches().cut(workspace, latents.get(b)), video);
            }
            Tensor added = positions.added();
            if (added != null) {
                try (var _ = workspace.scope()) {
                    Tensor f32 = workspace.allocate(DType.F32, added.shape().dims());
                    ops.convert(added, f32);
                    ops.axpby(1, video, 1, f32, video);
                }
            }
        }
        return x;
    }

    private void unpatchify(
            Workspace workspace, Tensor video, Tensor out) { // [V, C] -> [F, C, H, W]
        Ops ops = workspace.ops();
        Tensor patches =
                workspace.allocate(
                        DType.F32, video.size(0), config.patchValues(config.outChannels()));
        projection.apply(ops, video, patches);
        patches().join(ops, patches, out);
    }

    private Patches patches() {
        return new Patches(Layout.FRAMES_FIRST, config.patchSizeT(), config.patchSize());
    }
}

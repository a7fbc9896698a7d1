package org.svgen.models.wan;

import java.util.List;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.Linear;
import org.svgen.nn.Patches;
import org.svgen.nn.Patches.Layout;
import org.svgen.pipeline.Request;
import org.svgen.run.Blocks;
import org.svgen.run.Denoiser;
import org.svgen.run.Requests;
import org.svgen.run.Transformer;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Weight;

/**
 * The denoiser of Wan (diffusers: {@code WanTransformer3DModel}). Tokens are those of the video
 * alone; they look at the text by cross-attention.
 */
record WanTransformer(
        WanConfig config, Linear patch, WanEmbedder embedder, List<WanBlock> blocks, WanHead head)
        implements Transformer {

    static WanTransformer load(Config json, WeightSource w) {
        WanConfig c = WanConfig.read(json);
        w.blocksEnd("blocks", c.layers());
        return new WanTransformer(
                c,
                patch(c, w),
                WanEmbedder.load(c, w.at("condition_embedder")),
                w.layers(c.layers(), layer -> WanBlock.load(c, w, layer)),
                WanHead.load(c, w));
    }

    private static Linear patch(WanConfig c, WeightSource w) {
        int p = c.patchSize();
        Weight weight =
                w.weight("patch_embedding.weight", c.width(), c.inChannels(), c.patchSizeT(), p, p);
        return new Linear(
                weight.reshape(c.width(), c.patchValues(c.inChannels())),
                w.tensor("patch_embedding.bias", c.width()));
    }

    /**
     * Predicts the scheduler's model output, for each branch of guidance.
     *
     * @param latents F32 [Cin, F, H, W], the same for all branches
     * @param sinusoids F32 [times, freqDim]: rows that the time embedding starts from
     * @param spans which tokens are at which of these times
     * @param walk goes through the blocks
     * @param out F32 [branches, Cout, F, H, W]
     */
    void forward(
            Workspace workspace,
            Tensor latents,
            WanContext context,
            Tensor sinusoids,
            List<WanStep.Span> spans,
            WanRope rope,
            AttentionPolicy policy,
            Blocks walk,
            Tensor out) {
        try (var _ = workspace.scope()) {
            WanEmbedder.Times times = embedder.times(workspace, sinusoids);
            Tensor x = embedTokens(workspace, latents, context.branches());
            WanStep step =
                    new WanStep(
                            workspace,
                            context,
                            times.parts(),
                            spans,
                            rope,
                            policy,
                            WanStep.atOnce(x));
            walk.run(
                    blocks,
                    x,
                    signal -> workspace.ops().convert(times.embedding(), signal),
                    (block, faults) -> block.forward(step, x, faults));
            head.apply(step, x, times.embedding(), out);
        }
    }

    /** The token stream [branches, V, C] that the blocks begin with. */
    Tensor embedTokens(Workspace workspace, Tensor latents, int branches) {
        Patches patches =
                new Patches(Layout.CHANNELS_FIRST, config.patchSizeT(), config.patchSize());
        Tensor x = workspace.allocate(DType.F32, branches, patches.count(latents), config.width());
        try (var _ = workspace.scope()) {
            Tensor cut = patches.cut(workspace, latents);
            for (int b = 0; b < branches; b++) {
                patch.apply(workspace.ops(), cut, x.get(b));
            }
        }
        return x;
    }

    @Override
    public long[] latentDims(Request request) {
        // The autoencoder with 48 channels joins 16 x 16 pixels, that with 16 joins 8 x 8.
        int pixels = config.outChannels() == 48 ? 16 : 8;
        int frames = 4;
        Requests.requireSize(request, pixels * config.patchSize(), frames * config.patchSizeT());
        return new long[] {
            1,
            config.outChannels(),
            (request.frames() - 1) / frames + 1,
            request.height() / pixels,
            request.width() / pixels
        };
    }

    @Override
    public Denoiser trial(Request request, Workspace workspace) {
        return WanTrial.begin(this, request, workspace);
    }
}

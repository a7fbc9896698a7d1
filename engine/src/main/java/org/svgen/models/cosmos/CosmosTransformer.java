package org.svgen.models.cosmos;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.LayerNorm;
import org.svgen.nn.Linear;
import org.svgen.nn.Patches;
import org.svgen.nn.Patches.Layout;
import org.svgen.pipeline.Request;
import org.svgen.run.Blocks;
import org.svgen.run.Denoiser;
import org.svgen.run.Transformer;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;

/**
 * The denoiser of Cosmos 1.0 (diffusers: {@code CosmosTransformer3DModel}). Tokens are those of the
 * video alone; they look at the text by cross-attention.
 *
 * @param places added before each block; none in some models
 */
record CosmosTransformer(
        CosmosConfig config,
        Linear patch,
        CosmosEmbedder embedder,
        @Nullable CosmosPlaces places,
        List<CosmosBlock> blocks,
        CosmosModulation outModulation,
        Linear projection)
        implements Transformer {
    private static final LayerNorm NORM = new LayerNorm(null, null, 1e-6f);

    static CosmosTransformer load(Config json, WeightSource w) {
        CosmosConfig c = CosmosConfig.read(json);
        w.blocksEnd("transformer_blocks", c.layers());
        return new CosmosTransformer(
                c,
                Linear.load(w, "patch_embed.proj", c.patchValues(c.inChannels()), c.width(), false),
                CosmosEmbedder.load(c, w.at("time_embed")),
                c.learned() ? CosmosPlaces.load(c, w.at("learnable_pos_embed")) : null,
                w.layers(c.layers(), layer -> CosmosBlock.load(c, w, layer)),
                CosmosModulation.load(c, w.at("norm_out"), 2),
                Linear.load(w, "proj_out", c.width(), c.patchValues(c.channels()), false));
    }

    /**
     * Predicts the scheduler's model output, for each branch of guidance.
     *
     * @param latents F32 [Cin, F, H, W], scaled, the same for all branches
     * @param step that blocks share
     * @param walk goes through the blocks
     * @param out F32 [branches, C, F, H, W]
     */
    void forward(CosmosStep step, Tensor latents, Blocks walk, Tensor out) {
        Workspace workspace = step.workspace();
        try (var _ = workspace.scope()) {
            Tensor x = embedTokens(workspace, latents, step.texts().size());
            int last = step.texts().size() - 1; // the branch with the prompt
            walk.run(
                    blocks,
                    x,
                    signal -> blocks.getFirst().watch(step, x.get(last), signal),
                    (block, faults) -> block.forward(step, x, faults));
            Tensor parts = outModulation.apply(workspace, step.time());
            for (int b = 0; b < x.size(0); b++) {
                project(workspace, parts, x.get(b), out.get(b));
            }
        }
    }

    /** The token stream [branches, V, C] that the blocks begin with. */
    Tensor embedTokens(Workspace workspace, Tensor latents, int branches) {
        Patches patches = new Patches(Layout.CHANNELS_FIRST, 1, config.patchSize());
        Tensor x = workspace.allocate(DType.F32, branches, patches.count(latents), config.width());
        try (var _ = workspace.scope()) {
            Tensor cut = patches.cut(workspace, latents);
            for (int b = 0; b < branches; b++) {
                patch.apply(workspace.ops(), cut, x.get(b));
            }
        }
        return x;
    }

    private void project(Workspace workspace, Tensor parts, Tensor x, Tensor out) {
        Ops ops = workspace.ops();
        try (var _ = workspace.scope()) {
            Tensor h = workspace.allocate(DType.F32, x.size(0), x.size(1));
            Tensor scale = parts.get(CosmosModulation.SCALE);
            NORM.apply(ops, x, scale, parts.get(CosmosModulation.SHIFT), h);
            Tensor patches = workspace.allocate(DType.F32, x.size(0), projection.outputs());
            projection.apply(ops, h, patches);
            join(ops, patches, out);
        }
    }

    /** Puts patches together, whose channels come last. */
    private void join(Ops ops, Tensor patches, Tensor out) { // [V, P] -> [C, F, H, W]
        int size = config.patchSize();
        int channels = out.size(0);
        long frames = out.size(1);
        long rows = out.size(2) / size;
        long columns = out.size(3) / size;
        ops.permute(
                patches.reshape(frames, rows, columns, size, size, channels),
                new int[] {5, 0, 1, 3, 2, 4},
                out.reshape(channels, frames, rows, size, columns, size));
    }

    @Override
    public long[] latentDims(Request request) {
        return CosmosSize.of(request, config, CosmosSize.RATIO, CosmosSize.RATIO, Integer.MAX_VALUE)
                .latentDims(config.channels());
    }

    @Override
    public Denoiser trial(Request request, Workspace workspace) {
        return CosmosTrial.begin(this, request, workspace);
    }
}

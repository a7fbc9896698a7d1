package org.svgen.models.hunyuan;

import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.WeightSource;
import org.svgen.models.hunyuan.VaeTiling.Part;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.run.VideoDecoder;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Check;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.DryRun;
import org.svgen.tensor.device.Workspace;
import org.svgen.tiles.Posterior;
import org.svgen.tiles.TileAssembler;
import org.svgen.tiles.TileGrid;
import org.svgen.tiles.VaePlan;

/**
 * The causal video autoencoder of HunyuanVideo (diffusers: {@code AutoencoderKLHunyuanVideo}). It
 * works on some frames at a time, so its memory does not grow with the length of the video.
 */
public final class HunyuanVae implements VideoDecoder {
    private final HunyuanVaeConfig config;
    private final VaeDecoder decoder;
    private final VaeEncoder encoder;
    private final VaeTiling tiling;

    private HunyuanVae(
            HunyuanVaeConfig config, VaeDecoder decoder, VaeEncoder encoder, VaeTiling tiling) {
        this.config = config;
        this.decoder = decoder;
        this.encoder = encoder;
        this.tiling = tiling;
    }

    /**
     * @param json {@code vae/config.json}
     * @throws BadInputException if the configuration cannot be run, or a weight is missing or of
     *     the wrong shape
     */
    public static HunyuanVae load(Config json, WeightSource weights) {
        HunyuanVaeConfig config = HunyuanVaeConfig.read(json);
        return new HunyuanVae(
                config,
                VaeDecoder.load(config, weights),
                VaeEncoder.load(config, weights),
                VaeTiling.DEFAULT);
    }

    HunyuanVae with(VaeTiling other) {
        return new HunyuanVae(config, decoder, encoder, other);
    }

    public HunyuanVaeConfig config() {
        return config;
    }

    @Override
    public int spatialRatio() {
        return config.spatialRatio();
    }

    @Override
    public int temporalRatio() {
        return config.temporalRatio();
    }

    @Override
    public int latentChannels() {
        return config.latentChannels();
    }

    @Override
    public VaePlan planDecode(int frames, int height, int width, long limit) {
        Tensor latents = Tensor.phantom(DType.F32, frames, height, width, config.latentChannels());
        return plan(true, latents, height, width, limit);
    }

    /** As {@link #planDecode}, for a video of {@code frames} frames of pixels. */
    public VaePlan planEncode(int frames, int height, int width, long limit) {
        int ratio = config.spatialRatio();
        Tensor video = Tensor.phantom(DType.F32, frames, height, width, config.inChannels());
        return plan(false, video, height / ratio, width / ratio, limit);
    }

    @Override
    public void decode(
            VaePlan plan, Workspace workspace, Tensor latents, Clip out, StepListener listener) {
        int ratio = config.spatialRatio();
        int frames = config.videoFrames(latents.size(0));
        Check.shape(
                "clip",
                out.frames(),
                frames,
                (long) ratio * latents.size(1),
                (long) ratio * latents.size(2),
                3);
        decode(plan, workspace, latents, TileAssembler.Output.pixels(out.frames()), listener);
    }

    /** As above, with the pixels as the network gives them. */
    void decode(
            VaePlan plan,
            Workspace workspace,
            Tensor latents,
            TileAssembler.Output out,
            StepListener listener) {
        int h = latents.size(1);
        int w = latents.size(2);
        VaeRun run = run(true, plan.tiled(), latents.size(0), h, w);
        int ratio = config.spatialRatio();
        TimeBlender blender =
                new TimeBlender(
                        run.parts().size(),
                        tiling.frames() - tiling.strideFrames(),
                        tiling.strideFrames(),
                        h * ratio,
                        w * ratio,
                        config.outChannels(),
                        out);
        run(run, workspace, latents, blender, ratio, Stage.DECODE, listener);
    }

    @Override
    public void rehearseDecode(VaePlan plan, Workspace workspace, Tensor latents) {
        run(true, plan.tiled(), latents.size(0), latents.size(1), latents.size(2))
                .forEach(workspace, latents, (part, tile, frames) -> {});
    }

    /**
     * Encodes a video.
     *
     * @param workspace with room for {@code plan}
     * @param video F32 [1 + 4 t, H, W, C] in -1..1, height and width multiples of the spatial
     *     ratio, readable to the workspace's operations
     * @param arena gives the memory of the result; shared between threads
     * @throws CancelledException if the listener asks for it
     */
    public Posterior encode(
            VaePlan plan, Workspace workspace, Tensor video, Arena arena, StepListener listener) {
        int ratio = config.spatialRatio();
        int frames = config.latentFrames(video.size(0));
        int height = video.size(1) / ratio;
        int width = video.size(2) / ratio;
        int channels = config.latentChannels();
        Check.shape(
                "video",
                video,
                config.videoFrames(frames),
                (long) ratio * height,
                (long) ratio * width,
                config.inChannels());
        Posterior posterior = Posterior.zeros(arena, frames, height, width, channels);
        VaeRun run = run(false, plan.tiled(), video.size(0), height, width);
        int temporal = config.temporalRatio();
        TimeBlender blender =
                new TimeBlender(
                        run.parts().size(),
                        (tiling.frames() - tiling.strideFrames()) / temporal,
                        tiling.strideFrames() / temporal,
                        height,
                        width,
                        2 * channels,
                        posterior.output());
        run(run, workspace, video, blender, 1, Stage.IMAGE, listener);
        return posterior;
    }

    /**
     * @param scale pixels of the output per latent
     */
    private static void run(
            VaeRun run,
            Workspace workspace,
            Tensor x,
            TimeBlender blender,
            int scale,
            Stage stage,
            StepListener listener) {
        listener.progress(stage, 0, run.count());
        try (Parts parts = new Parts(workspace.backend(), run.grid(), scale, blender)) {
            int[] done = {0};
            run.forEach(
                    workspace,
                    x,
                    (part, tile, frames) -> {
                        if (listener.cancelled()) {
                            throw new CancelledException();
                        }
                        parts.tile(part, tile, frames);
                        listener.progress(stage, ++done[0], run.count());
                    });
        }
    }

    /** Hands the tiles of each part in time to an assembler of its own. */
    private static final class Parts implements AutoCloseable {
        private final Backend backend;
        private final TileGrid grid;
        private final int scale;
        private final TimeBlender blender;
        private @Nullable TileAssembler assembler;
        private @Nullable Part current;

        Parts(Backend backend, TileGrid grid, int scale, TimeBlender blender) {
            this.backend = backend;
            this.grid = grid;
            this.scale = scale;
            this.blender = blender;
        }

        void tile(Part part, TileGrid.Tile tile, Tensor frames) {
            TileAssembler to = assembler;
            if (to == null || !part.equals(current)) {
                close();
                int count = frames.size(0);
                blender.begin(count);
                to = new TileAssembler(backend, grid, scale, count, frames.size(3), blender);
                assembler = to;
                current = part;
            }
            to.batch(tile, 0, frames);
        }

        @Override
        public void close() {
            if (assembler != null) {
                assembler.close();
            }
        }
    }

    private VaeRun run(boolean decode, boolean tiled, int length, int height, int width) {
        int ratio = config.spatialRatio();
        TileGrid grid = tiled ? tiling.grid(height, width, ratio) : TileGrid.whole(height, width);
        return decode
                ? new VaeRun(decoder, tiling.parts(length, config.temporalRatio()), grid, 1)
                : new VaeRun(encoder, tiling.parts(length, 1), grid, ratio);
    }

    private VaePlan plan(boolean decode, Tensor x, int height, int width, long limit) {
        long whole = bytes(run(decode, false, x.size(0), height, width), x);
        VaeRun tiles = run(decode, true, x.size(0), height, width);
        return whole <= limit || tiles.grid().count() == 1
                ? new VaePlan(false, whole)
                : new VaePlan(true, bytes(tiles, x));
    }

    private static long bytes(VaeRun run, Tensor x) {
        return DryRun.workspaceBytes(dry -> run.forEach(dry, x, (part, tile, frames) -> {}));
    }
}

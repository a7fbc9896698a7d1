package org.svgen.models.cogvideox;

import java.lang.foreign.Arena;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.WeightSource;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.run.VideoDecoder;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Check;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.DryRun;
import org.svgen.tensor.device.Workspace;
import org.svgen.tiles.Posterior;
import org.svgen.tiles.TileAssembler;
import org.svgen.tiles.TileGrid;
import org.svgen.tiles.VaePlan;

/**
 * The causal video autoencoder of CogVideoX (diffusers: {@code AutoencoderKLCogVideoX}). It works
 * through a few frames at a time and remembers what its convolutions look back at, so its memory
 * does not grow with the length of the video.
 */
public final class CogVideoXVae implements VideoDecoder {
    private final CogVideoXVaeConfig config;
    private final VaeDecoder decoder;
    private final VaeEncoder encoder;

    private CogVideoXVae(CogVideoXVaeConfig config, VaeDecoder decoder, VaeEncoder encoder) {
        this.config = config;
        this.decoder = decoder;
        this.encoder = encoder;
    }

    /**
     * @param json {@code vae/config.json}
     * @throws BadInputException if the configuration cannot be run, or a weight is missing or of
     *     the wrong shape
     */
    public static CogVideoXVae load(Config json, WeightSource weights) {
        CogVideoXVaeConfig config = CogVideoXVaeConfig.read(json);
        return new CogVideoXVae(
                config, VaeDecoder.load(config, weights), VaeEncoder.load(config, weights));
    }

    public CogVideoXVaeConfig config() {
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
        return plan(decoder, latents, 1, height, width, limit);
    }

    /** As {@link #planDecode}, for a video of {@code frames} frames of pixels. */
    public VaePlan planEncode(int frames, int height, int width, long limit) {
        int ratio = config.spatialRatio();
        Tensor video = Tensor.phantom(DType.F32, frames, height, width, config.inChannels());
        return plan(encoder, video, ratio, height / ratio, width / ratio, limit);
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
        TileGrid grid = grid(plan.tiled(), latents.size(1), latents.size(2));
        run(
                new VaeRun(decoder, grid, 1),
                workspace,
                latents,
                new TileAssembler(
                        workspace.backend(),
                        grid,
                        ratio,
                        frames,
                        config.outChannels(),
                        TileAssembler.Output.pixels(out.frames())),
                Stage.DECODE,
                listener);
    }

    @Override
    public void rehearseDecode(VaePlan plan, Workspace workspace, Tensor latents) {
        new VaeRun(decoder, grid(plan.tiled(), latents.size(1), latents.size(2)), 1)
                .forEach(workspace, latents, (tile, frame, frames) -> {});
    }

    /**
     * Encodes a video.
     *
     * @param workspace with room for {@code plan}
     * @param video F32 [T, H, W, C] in -1..1, height and width multiples of the spatial ratio,
     *     readable to the workspace's operations
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
                video.size(0),
                (long) ratio * height,
                (long) ratio * width,
                config.inChannels());
        Posterior posterior = Posterior.zeros(arena, frames, height, width, channels);
        TileGrid grid = grid(plan.tiled(), height, width);
        run(
                new VaeRun(encoder, grid, ratio),
                workspace,
                video,
                new TileAssembler(
                        workspace.backend(), grid, 1, frames, 2 * channels, posterior.output()),
                Stage.IMAGE,
                listener);
        return posterior;
    }

    private static void run(
            VaeRun run,
            Workspace workspace,
            Tensor x,
            TileAssembler assembler,
            Stage stage,
            StepListener listener) {
        int total = run.batches(x.size(0));
        int[] done = {0};
        listener.progress(stage, 0, total);
        try (assembler) {
            run.forEach(
                    workspace,
                    x,
                    (tile, frame, frames) -> {
                        if (listener.cancelled()) {
                            throw new CancelledException();
                        }
                        assembler.batch(tile, frame, frames);
                        listener.progress(stage, ++done[0], total);
                    });
        }
    }

    private VaePlan plan(
            VaeNetwork network, Tensor x, int scale, int height, int width, long limit) {
        long whole = bytes(network, x, scale, grid(false, height, width));
        TileGrid tiles = grid(true, height, width);
        return whole <= limit || tiles.count() == 1
                ? new VaePlan(false, whole)
                : new VaePlan(true, bytes(network, x, scale, tiles));
    }

    private static long bytes(VaeNetwork network, Tensor x, int scale, TileGrid grid) {
        VaeRun run = new VaeRun(network, grid, scale);
        return DryRun.workspaceBytes(dry -> run.forEach(dry, x, (tile, frame, frames) -> {}));
    }

    private TileGrid grid(boolean tiled, int height, int width) {
        return tiled ? config.tiles(height, width) : TileGrid.whole(height, width);
    }
}

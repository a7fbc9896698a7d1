package org.svgen.models.cogvideox;

import java.util.List;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.BadInputException;
import org.svgen.vae.GroupedBlocks;
import org.svgen.vae.TileGrid;
import org.svgen.vae.VaeShape;

/**
 * {@code vae/config.json} of class AutoencoderKLCogVideoX.
 *
 * @param channels of each resolution, from pixels to latents
 * @param temporalRatio video frames per latent frame, the first apart
 * @param sampleHeight pixels; tiles are half as large
 * @param scalingFactor what latents are multiplied by before they are noised
 * @param invertScaleLatents true if the latents of an image are divided by it instead
 */
public record CogVideoXVaeConfig(
        int inChannels,
        int outChannels,
        int latentChannels,
        List<Integer> channels,
        int layersPerBlock,
        double normEps,
        int normGroups,
        int temporalRatio,
        int sampleHeight,
        int sampleWidth,
        double scalingFactor,
        boolean invertScaleLatents,
        boolean quantConv,
        boolean postQuantConv)
        implements VaeShape {
    static final String CLASS = "AutoencoderKLCogVideoX";
    private static final int MAX_SIDE = 1 << 16;
    private static final double OVERLAP_HEIGHT = 1.0 / 6;
    private static final double OVERLAP_WIDTH = 1.0 / 5;

    /**
     * @throws BadInputException if a value is of the wrong type or not one that this code can run
     */
    public static CogVideoXVaeConfig read(Config json) {
        json.requireClass(List.of(CLASS));
        GroupedBlocks blocks =
                GroupedBlocks.read(
                        json,
                        List.of(128, 256, 256, 512),
                        "CogVideoXDownBlock3D",
                        "CogVideoXUpBlock3D");
        List<Integer> channels = blocks.channels();
        double ratio = // a float in diffusers' own configs
                json.has("temporal_compression_ratio")
                        ? json.number("temporal_compression_ratio")
                        : 4;
        int temporalRatio = (int) ratio;
        if (temporalRatio != ratio
                || temporalRatio < 1
                || Integer.bitCount(temporalRatio) != 1
                || temporalRatio >= 1 << channels.size()) { // each block but the last halves
            throw json.wrong(
                    "temporal_compression_ratio",
                    "a power of 2 up to " + (1 << (channels.size() - 1)));
        }
        return new CogVideoXVaeConfig(
                json.channels("in_channels", 3),
                json.channels("out_channels", 3),
                json.channels("latent_channels", 16),
                channels,
                json.layers("layers_per_block", 3),
                json.epsilon("norm_eps", 1e-6),
                blocks.groups(),
                temporalRatio,
                json.intIn("sample_height", 1, MAX_SIDE, 480),
                json.intIn("sample_width", 1, MAX_SIDE, 720),
                json.scale("scaling_factor", 1.15258426),
                json.flag("invert_scale_latents", false),
                json.flag("use_quant_conv", false),
                json.flag("use_post_quant_conv", false));
    }

    @Override
    public int spatialRatio() {
        return 1 << (channels.size() - 1);
    }

    /** Video frames that {@code latentFrames} decode to: even counts have no frame apart. */
    @Override
    public int videoFrames(int latentFrames) {
        return latentFrames % 2 == 0
                ? latentFrames * temporalRatio
                : (latentFrames - 1) * temporalRatio + 1;
    }

    /** Latent frames that {@code videoFrames} are encoded to. */
    @Override
    public int latentFrames(int videoFrames) {
        int batch = CogVideoXVae.VIDEO_FRAMES;
        int later = Math.max(1, videoFrames / batch) - 1;
        return Math.ceilDiv(videoFrames - later * batch, temporalRatio)
                + later * Math.ceilDiv(batch, temporalRatio);
    }

    /** True if the {@code i}-th change of resolution, from either end, is also one in time. */
    boolean compressesTime(int i) {
        return 1 << i < temporalRatio;
    }

    /**
     * Tiles of half the size that the autoencoder was trained on. For sample sizes whose sixteenth
     * and fifth parts are whole latents these are the tiles and seams of diffusers; for others
     * diffusers' seams do not meet, and these do.
     */
    TileGrid tiles(int height, int width) {
        int tileHeight = Math.max(2, sampleHeight / 2 / spatialRatio());
        int tileWidth = Math.max(2, sampleWidth / 2 / spatialRatio());
        if (height <= tileHeight && width <= tileWidth) {
            return TileGrid.whole(height, width);
        }
        return new TileGrid(
                height,
                width,
                tileHeight,
                tileWidth,
                (int) (tileHeight * (1 - OVERLAP_HEIGHT)),
                (int) (tileWidth * (1 - OVERLAP_WIDTH)));
    }
}

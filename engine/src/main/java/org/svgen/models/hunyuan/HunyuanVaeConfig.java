package org.svgen.models.hunyuan;

import java.util.List;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.BadInputException;
import org.svgen.vae.GroupedBlocks;
import org.svgen.vae.VaeScale;
import org.svgen.vae.VaeShape;

/**
 * {@code vae/config.json} of class AutoencoderKLHunyuanVideo.
 *
 * @param channels of each resolution, from pixels to latents
 * @param scalingFactor what latents are multiplied by before they are noised
 */
public record HunyuanVaeConfig(
        int inChannels,
        int outChannels,
        int latentChannels,
        List<Integer> channels,
        int layersPerBlock,
        int normGroups,
        int spatialRatio,
        int temporalRatio,
        boolean middleAttention,
        double scalingFactor)
        implements VaeShape {
    static final String CLASS = "AutoencoderKLHunyuanVideo";
    private static final int TEMPORAL_RATIO = 4;

    /**
     * @throws BadInputException if a value is of the wrong type or not one that this code can run
     */
    public static HunyuanVaeConfig read(Config json) {
        json.requireClass(List.of(CLASS));
        GroupedBlocks blocks =
                GroupedBlocks.read(
                        json,
                        List.of(128, 256, 512, 512),
                        "HunyuanVideoDownBlock3D",
                        "HunyuanVideoUpBlock3D");
        List<Integer> channels = blocks.channels();
        // Diffusers' decoder knows no other.
        if (json.positive("temporal_compression_ratio", TEMPORAL_RATIO) != TEMPORAL_RATIO
                || channels.size() < 3) {
            throw json.wrong("temporal_compression_ratio", "4, and at least three blocks");
        }
        int spatial = json.positive("spatial_compression_ratio", 8);
        if (Integer.bitCount(spatial) != 1 || spatial > 1 << channels.size()) {
            throw json.wrong(
                    "spatial_compression_ratio", "a power of 2 up to " + (1 << channels.size()));
        }
        return new HunyuanVaeConfig(
                json.channels("in_channels", 3),
                json.channels("out_channels", 3),
                json.channels("latent_channels", 16),
                channels,
                json.layers("layers_per_block", 2),
                blocks.groups(),
                spatial,
                TEMPORAL_RATIO,
                json.flag("mid_block_add_attention", true),
                json.scale("scaling_factor", 0.476986));
    }

    /** The change of size at the end of block {@code i}, counted from either end. */
    VaeScale scale(int i) {
        int last = channels.size() - 1;
        boolean space = 1 << i < spatialRatio;
        // The two blocks before the last, which never changes the time.
        boolean time = i >= last - 2 && i < last;
        return new VaeScale(time ? 2 : 1, space ? 2 : 1);
    }
}

package org.svgen.models.hunyuan;

import java.util.List;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.BadInputException;

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
        double scalingFactor) {
    static final String CLASS = "AutoencoderKLHunyuanVideo";
    private static final int TEMPORAL_RATIO = 4;
    private static final int MAX_BLOCKS = 10;

    /**
     * @throws BadInputException if a value is of the wrong type or not one that this code can run
     */
    public static HunyuanVaeConfig read(Config json) {
        json.requireClass(List.of(CLASS));
        List<Integer> channels =
                json.has("block_out_channels")
                        ? json.integers("block_out_channels")
                        : List.of(128, 256, 512, 512);
        int groups = json.positive("norm_num_groups", 32);
        if (channels.isEmpty()
                || channels.size() > MAX_BLOCKS
                || channels.stream()
                        .anyMatch(c -> c < 1 || c > Config.MAX_CHANNELS || c % groups != 0)) {
            throw json.wrong(
                    "block_out_channels",
                    "1 to %d multiples of norm_num_groups, %d".formatted(MAX_BLOCKS, groups));
        }
        requireBlocks(json, "down_block_types", "HunyuanVideoDownBlock3D", channels.size());
        requireBlocks(json, "up_block_types", "HunyuanVideoUpBlock3D", channels.size());
        if (!json.text("act_fn", "silu").equals("silu")) {
            throw json.wrong("act_fn", "\"silu\"");
        }
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
                groups,
                spatial,
                TEMPORAL_RATIO,
                json.flag("mid_block_add_attention", true),
                json.scale("scaling_factor", 0.476986));
    }

    private static void requireBlocks(Config json, String key, String type, int count) {
        if (json.has(key)
                && (json.texts(key).size() != count
                        || json.texts(key).stream().anyMatch(t -> !t.equals(type)))) {
            throw json.wrong(key, "%d times \"%s\"".formatted(count, type));
        }
    }

    /** The change of size at the end of block {@code i}, counted from either end. */
    VaeScale scale(int i) {
        int last = channels.size() - 1;
        boolean space = 1 << i < spatialRatio;
        // The two blocks before the last, which never changes the time.
        boolean time = i >= last - 2 && i < last;
        return new VaeScale(time ? 2 : 1, space ? 2 : 1);
    }

    /** Video frames that {@code latentFrames} decode to. */
    int videoFrames(int latentFrames) {
        return (latentFrames - 1) * temporalRatio + 1;
    }

    /** Latent frames that {@code videoFrames} are encoded to. */
    int latentFrames(int videoFrames) {
        return (videoFrames - 1) / temporalRatio + 1;
    }
}

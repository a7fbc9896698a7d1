package org.svgen.models.hunyuan15;

import java.util.List;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.BadInputException;
import org.svgen.vae.VaeScale;
import org.svgen.vae.VaeShape;

/**
 * {@code vae/config.json} of class AutoencoderKLHunyuanVideo15.
 *
 * @param channels of each resolution, from pixels to latents
 * @param matchesDown what reduces frames gives as many channels as the next block has
 * @param matchesUp likewise what enlarges them
 * @param scalingFactor what latents are multiplied by before they are noised
 */
public record Hunyuan15VaeConfig(
        int inChannels,
        int outChannels,
        int latentChannels,
        List<Integer> channels,
        int layersPerBlock,
        int spatialRatio,
        int temporalRatio,
        boolean matchesDown,
        boolean matchesUp,
        double scalingFactor)
        implements VaeShape {
    static final String CLASS = "AutoencoderKLHunyuanVideo15";
    private static final int MAX_BLOCKS = 10;

    /**
     * Reads a configuration.
     *
     * @throws BadInputException if a value is of the wrong type or not one that this code can run
     */
    public static Hunyuan15VaeConfig read(Config json) {
        json.requireClass(List.of(CLASS));
        int latents = json.channels("latent_channels", 32);
        List<Integer> channels =
                json.has("block_out_channels")
                        ? json.integers("block_out_channels")
                        : List.of(128, 256, 512, 1024, 1024);
        if (channels.isEmpty()
                || channels.size() > MAX_BLOCKS
                || channels.stream().anyMatch(c -> c < 8 || c > Config.MAX_CHANNELS || c % 8 != 0)
                || channels.getLast() % (2 * latents) != 0) {
            throw json.wrong(
                    "block_out_channels",
                    "1 to %d multiples of 8, the last of %d, for means and variances"
                            .formatted(MAX_BLOCKS, 2 * latents));
        }
        int spatial = power(json, "spatial_compression_ratio", 16, 1 << (channels.size() - 1));
        Hunyuan15VaeConfig config =
                new Hunyuan15VaeConfig(
                        json.channels("in_channels", 3),
                        json.channels("out_channels", 3),
                        latents,
                        List.copyOf(channels),
                        json.layers("layers_per_block", 2),
                        spatial,
                        power(json, "temporal_compression_ratio", 4, spatial),
                        json.flag("downsample_match_channel", true),
                        json.flag("upsample_match_channel", true),
                        json.scale("scaling_factor", 1.03682));
        config.requireWhole(json);
        return config;
    }

    private static int power(Config json, String key, int absent, int most) {
        int value = json.positive(key, absent);
        if (Integer.bitCount(value) != 1 || value > most) {
            throw json.wrong(key, "a power of 2 up to " + most);
        }
        return value;
    }

    /** Shortcuts repeat or average whole channels. */
    private void requireWhole(Config json) {
        for (int i = 0; i < changes(); i++) {
            int down = reduced(i);
            int values = 4 * (reduces(i) ? 2 : 1);
            int up = enlarged(i);
            int places = 4 * (enlarges(i) ? 2 : 1);
            if (values * channels.get(i) % down != 0
                    || down % values != 0
                    || places * up % channels.reversed().get(i) != 0
                    || channels.reversed().get(i) % places != 0) {
                throw json.wrong(
                        "block_out_channels", "channels that shortcuts can repeat and average");
            }
        }
    }

    /** How often the resolution changes. */
    int changes() {
        return Integer.numberOfTrailingZeros(spatialRatio);
    }

    /** Whether the encoder halves the number of frames behind block {@code i}. */
    private boolean reduces(int i) {
        return i >= Integer.numberOfTrailingZeros(spatialRatio / temporalRatio);
    }

    /** Whether the decoder doubles the number of frames behind block {@code i} of its own. */
    private boolean enlarges(int i) {
        return i < Integer.numberOfTrailingZeros(temporalRatio);
    }

    /** The change of size behind block {@code i} of the encoder. */
    VaeScale down(int i) {
        return new VaeScale(reduces(i) ? 2 : 1, 2);
    }

    /** The change of size behind block {@code i} of the decoder, counted from the latents. */
    VaeScale up(int i) {
        return new VaeScale(enlarges(i) ? 2 : 1, 2);
    }

    /** Channels of the encoder behind the change of size {@code i}. */
    int reduced(int i) {
        return channels.get(matchesDown ? i + 1 : i);
    }

    /** Channels of the decoder behind the change of size {@code i}. */
    int enlarged(int i) {
        return channels.reversed().get(matchesUp ? i + 1 : i);
    }
}

package org.svgen.models.cosmos;

import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.svgen.checkpoint.Config;
import org.svgen.vae.VaeShape;

/**
 * {@code vae/config.json} of class AutoencoderKLCosmos.
 *
 * @param channels of the decoder's resolutions, from pixels to latents
 * @param resnetsPerBlock residual blocks of a resolution of the encoder; the decoder has one more
 * @param patch frames, rows and columns that are the channels of one place, by a wavelet transform
 * @param mean of each channel and frame of latents, channel by channel; empty if it is 0
 * @param deviation of the same; empty if it is 1
 */
record CosmosVaeConfig(
        int latentChannels,
        List<Integer> channels,
        int resnetsPerBlock,
        int patch,
        int spatialRatio,
        int temporalRatio,
        List<Double> mean,
        List<Double> deviation)
        implements VaeShape {
    static final String CLASS = "AutoencoderKLCosmos";
    private static final int COLOURS = 3;
    private static final int MAX_PATCH = 16;
    private static final int MAX_RATIO = 64;
    private static final int MAX_BLOCKS = 8;
    private static final double MAX_MEAN = 1e6;

    static CosmosVaeConfig read(Config json) {
        json.requireClass(List.of(CLASS));
        int patch = powerOfTwo(json, "patch_size", 1, MAX_PATCH, 4);
        int latents = json.channels("latent_channels", 16);
        List<Double> mean = numbers(json, "latents_mean", -MAX_MEAN, latents);
        List<Double> deviation = numbers(json, "latents_std", 1 / MAX_MEAN, latents);
        if (mean.size() != deviation.size()) {
            throw json.wrong("latents_std", "as many numbers as latents_mean, " + mean.size());
        }
        CosmosVaeConfig config =
                new CosmosVaeConfig(
                        latents,
                        channels(json),
                        json.layers("num_layers", 2),
                        patch,
                        powerOfTwo(json, "spatial_compression_ratio", patch, MAX_RATIO, 8),
                        powerOfTwo(json, "temporal_compression_ratio", patch, MAX_RATIO, 8),
                        mean,
                        deviation);
        config.requireWhatRuns(json);
        return config;
    }

    private static int powerOfTwo(Config json, String key, int from, int to, int absent) {
        int found = json.positive(key, absent);
        if (found < from || found > to || Integer.bitCount(found) != 1) {
            throw json.wrong(key, "a power of 2 from %d to %d".formatted(from, to));
        }
        return found;
    }

    private static List<Integer> channels(Config json) {
        String key = "decode_block_out_channels"; // as diffusers spells it
        List<Integer> found = json.has(key) ? json.integers(key) : List.of(256, 512, 512, 512);
        if (found.size() < 2
                || found.size() > MAX_BLOCKS
                || found.stream().anyMatch(c -> c < 1 || c > Config.MAX_CHANNELS)) {
            throw json.wrong(key, "2 to %d numbers of channels".formatted(MAX_BLOCKS));
        }
        return found;
    }

    private static List<Double> numbers(Config json, String key, double least, int channels) {
        if (!json.keys().contains(key)) {
            throw json.wrong(key, "null, or %d numbers a frame".formatted(channels));
        }
        List<Double> found = json.has(key) ? json.numbersIn(key, least, MAX_MEAN) : List.of();
        if (found.size() % channels != 0) {
            throw json.wrong(key, "a multiple of latent_channels, %d, numbers".formatted(channels));
        }
        return found;
    }

    private void requireWhatRuns(Config json) {
        for (String key : List.of("in_channels", "out_channels")) {
            if (json.channels(key, COLOURS) != COLOURS) {
                throw json.wrong(key, COLOURS + ", the colours of a pixel");
            }
        }
        if (!json.text("patch_type", "haar").equals("haar")) {
            throw json.wrong("patch_type", "\"haar\"");
        }
        int changes = channels.size() - 2;
        if (times(this::doublesTime) != log(temporalRatio) - log(patch)
                || times(this::doublesSpace) != log(spatialRatio) - log(patch)) {
            throw json.wrong(
                    "spatial_compression_ratio",
                    "ratios that patches of %d and %d blocks come to"
                            .formatted(patch, channels.size() - 1));
        }
        List<Integer> attended =
                json.has("attention_resolutions")
                        ? json.integers("attention_resolutions")
                        : List.of(32);
        int coarse = json.positive("resolution", 1024) / patch >> changes;
        for (int i = 0; i <= changes; i++) {
            if (attended.contains(coarse << i)) {
                throw json.wrong(
                        "attention_resolutions", "none of a decoder's block, without attention");
            }
        }
    }

    private int times(IntPredicate doubles) {
        return (int) IntStream.range(0, channels.size() - 1).filter(doubles).count();
    }

    private static int log(int powerOfTwo) {
        return Integer.numberOfTrailingZeros(powerOfTwo);
    }

    /** Whether frames are doubled behind block {@code i}, counted from latents on. */
    boolean doublesTime(int i) {
        return i < channels.size() - 2 && i > 0 && i < 1 + log(temporalRatio) - log(patch);
    }

    /** Whether rows and columns are doubled behind block {@code i}. */
    boolean doublesSpace(int i) {
        int spatial = log(spatialRatio) - log(patch);
        boolean more = spatialRatio > temporalRatio;
        return doublesTime(i) || i < channels.size() - 2 && more && i < spatial;
    }

    /** Frames of latents whose mean is known; any number if it is 0. */
    int mostFrames() {
        return mean.isEmpty() ? Integer.MAX_VALUE : mean.size() / latentChannels;
    }

    /** The mean of a channel in a frame of latents. */
    double mean(int channel, int frame) {
        return mean.isEmpty() ? 0 : mean.get(channel * mostFrames() + frame);
    }

    /** The standard deviation of a channel in a frame of latents. */
    double deviation(int channel, int frame) {
        return deviation.isEmpty() ? 1 : deviation.get(channel * mostFrames() + frame);
    }
}

package org.svgen.models.wan;

import java.util.Collections;
import java.util.List;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.BadInputException;
import org.svgen.vae.VaeScale;
import org.svgen.vae.VaeShape;

/**
 * {@code vae/config.json} of class AutoencoderKLWan.
 *
 * @param encoderChannels of each resolution, from pixels to latents
 * @param decoderChannels as the encoder's
 * @param resnetsPerBlock residual blocks of each resolution; a decoder has one more
 * @param halvesTime for each change of resolution, from pixels to latents, whether it is one in
 *     time too
 * @param residual whether blocks have a shortcut beside them, as in Wan 2.2
 * @param patch pixels each way that are the channels of one place; 1 for none
 * @param mean of each channel of a latent
 * @param deviation of each channel of a latent
 */
public record WanVaeConfig(
        int latentChannels,
        List<Integer> encoderChannels,
        List<Integer> decoderChannels,
        int resnetsPerBlock,
        List<Boolean> halvesTime,
        boolean residual,
        int patch,
        List<Double> mean,
        List<Double> deviation)
        implements VaeShape {
    static final String CLASS = "AutoencoderKLWan";
    private static final int COLOURS = 3;
    private static final int MAX_PATCH = 16;
    private static final int MAX_BLOCKS = 8;
    private static final double MAX_MEAN = 1e6;

    /**
     * {@return what a file says}
     *
     * @param json the file
     * @throws BadInputException if a value is of the wrong type or not one that this code can run
     */
    public static WanVaeConfig read(Config json) {
        json.requireClass(List.of(CLASS));
        List<Integer> multiples = multiples(json);
        int base = json.channels("base_dim", 96);
        boolean residual = json.flag("is_residual", false);
        List<Integer> encoder = channels(json, "base_dim", base, multiples);
        List<Integer> decoder =
                channels(
                        json,
                        "decoder_base_dim",
                        json.channels("decoder_base_dim", base),
                        multiples);
        List<Boolean> halvesTime = halvesTime(json, multiples.size() - 1);
        int patch = json.intIn("patch_size", 1, MAX_PATCH, 1);
        int latents = json.channels("z_dim", 16);
        WanVaeConfig config =
                new WanVaeConfig(
                        latents,
                        encoder,
                        decoder,
                        json.layers("num_res_blocks", 2),
                        halvesTime,
                        residual,
                        patch,
                        perChannel(json, "latents_mean", -MAX_MEAN, latents, WanLatents.MEAN),
                        perChannel(
                                json, "latents_std", 1 / MAX_MEAN, latents, WanLatents.DEVIATION));
        config.requireWhatRuns(json);
        return config;
    }

    private static List<Integer> multiples(Config json) {
        List<Integer> found =
                json.has("dim_mult") ? json.integers("dim_mult") : List.of(1, 2, 4, 4);
        if (found.isEmpty()
                || found.size() > MAX_BLOCKS
                || found.getFirst() != 1
                || found.stream().anyMatch(m -> m < 1 || m > Config.MAX_CHANNELS)) {
            throw json.wrong(
                    "dim_mult",
                    "1 to %d multiples of base_dim, the first of them 1".formatted(MAX_BLOCKS));
        }
        return found;
    }

    private static List<Integer> channels(
            Config json, String key, int base, List<Integer> multiples) {
        if ((long) base * Collections.max(multiples) > Config.MAX_CHANNELS) {
            throw json.wrong(
                    json.has(key) ? key : "dim_mult",
                    "at most %d channels".formatted(Config.MAX_CHANNELS));
        }
        return multiples.stream().map(m -> base * m).toList();
    }

    private static List<Boolean> halvesTime(Config json, int changes) {
        String key = "temperal_downsample"; // as diffusers spells it
        List<Boolean> found = json.has(key) ? json.flags(key) : List.of(false, true, true);
        if (found.size() != changes) {
            throw json.wrong(
                    key, "%d times true or false, one less than dim_mult".formatted(changes));
        }
        return found;
    }

    private static List<Double> perChannel(
            Config json, String key, double least, int channels, List<Double> absent) {
        List<Double> found = json.has(key) ? json.numbersIn(key, least, MAX_MEAN) : absent;
        if (found.size() != channels) {
            throw json.wrong(key, "%d numbers, one for each channel of z_dim".formatted(channels));
        }
        return found;
    }

    private void requireWhatRuns(Config json) {
        for (String key : List.of("in_channels", "out_channels")) {
            if (json.channels(key, COLOURS) != pixelChannels()) {
                throw json.wrong(key, "%d, the colours of a patch".formatted(pixelChannels()));
            }
        }
        if (json.has("attn_scales") && !json.numbersIn("attn_scales", 0, 1).isEmpty()) {
            throw json.wrong("attn_scales", "an empty list: attention in the middle alone");
        }
        if (json.positive("scale_factor_temporal", 4) != temporalRatio()) {
            throw json.wrong("scale_factor_temporal", temporalRatio() + ", by temperal_downsample");
        }
        if (json.positive("scale_factor_spatial", 8) != spatialRatio()) {
            throw json.wrong(
                    "scale_factor_spatial", spatialRatio() + ", by dim_mult and patch_size");
        }
        if (residual) {
            requireShortcuts(json);
        } else if (decoderChannels.stream().skip(1).anyMatch(c -> c % 2 != 0)) {
            throw json.wrong("dim_mult", "even numbers of channels in the decoder");
        }
    }

    /** What a shortcut averages, or repeats, comes out whole. */
    private void requireShortcuts(Config json) {
        List<Integer> up = decoderChannels.reversed();
        for (int i = 0; i <= changes(); i++) {
            VaeScale down = scale(i);
            VaeScale enlarge = scale(changes() - 1 - i);
            int to = encoderChannels.get(i);
            int from = up.get(Math.max(0, i - 1));
            if (encoderChannels.get(Math.max(0, i - 1)) * places(down) % to != 0
                    || (i < changes() && up.get(i) * places(enlarge) % from != 0)) {
                throw json.wrong("dim_mult", "numbers that divide those of the blocks beside them");
            }
        }
    }

    private static int places(VaeScale scale) {
        return scale.time() * scale.space() * scale.space();
    }

    /** Channels of a place that the networks see: the colours of a patch. */
    int pixelChannels() {
        return COLOURS * patch * patch;
    }

    /** How often the resolution changes. */
    int changes() {
        return encoderChannels.size() - 1;
    }

    /** The change of size behind resolution {@code i}, counted from pixels on. */
    VaeScale scale(int i) {
        if (i < 0 || i >= changes()) {
            return VaeScale.NONE;
        }
        return new VaeScale(halvesTime.get(i) ? 2 : 1, 2);
    }

    @Override
    public int spatialRatio() {
        return patch << changes();
    }

    @Override
    public int temporalRatio() {
        return 1 << Collections.frequency(halvesTime, true);
    }

    /** {@return the mean of each channel of a latent} */
    public float[] latentsMean() {
        return floats(mean);
    }

    /** {@return the standard deviation of each channel of a latent} */
    public float[] latentsStd() {
        return floats(deviation);
    }

    private static float[] floats(List<Double> values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i).floatValue();
        }
        return floats;
    }
}

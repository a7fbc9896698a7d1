package org.svgen.cogvideox;

import java.util.Locale;
import java.util.OptionalInt;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.Activation;
import org.svgen.tensor.BadInputException;

/**
 * {@code transformer/config.json} of class CogVideoXTransformer3DModel.
 *
 * @param patchSizeT absent in CogVideoX 1.0, whose patches span one frame
 * @param patchConvolution true if the patch embedding is stored as a 2D convolution (1.0)
 * @param ofsEmbedDim present in CogVideoX 1.5 I2V
 * @param sampleHeight latent rows that the model was trained on
 * @param sampleFrames video frames that the model was trained on
 */
public record CogVideoXConfig(
        int heads,
        int headDim,
        int inChannels,
        int outChannels,
        boolean flipSinToCos,
        double freqShift,
        int timeEmbedDim,
        OptionalInt ofsEmbedDim,
        int textEmbedDim,
        int layers,
        boolean attentionBias,
        int sampleWidth,
        int sampleHeight,
        int sampleFrames,
        int patchSize,
        int patchSizeT,
        boolean patchConvolution,
        boolean patchBias,
        int temporalCompression,
        int maxTextTokens,
        Activation activation,
        Activation timestepActivation,
        boolean normAffine,
        double normEps,
        double spatialInterpolation,
        double temporalInterpolation,
        boolean rotary,
        boolean learnedPositions) {
    static final String CLASS = "CogVideoXTransformer3DModel";

    public static CogVideoXConfig read(Config json) {
        json.requireClass(CLASS);
        int inChannels = json.integer("in_channels", 16);
        OptionalInt patchSizeT = json.optionalInteger("patch_size_t");
        return new CogVideoXConfig(
                json.integer("num_attention_heads", 30),
                json.integer("attention_head_dim", 64),
                inChannels,
                json.integer("out_channels", inChannels),
                json.flag("flip_sin_to_cos", true),
                json.number("freq_shift", 0),
                json.integer("time_embed_dim", 512),
                json.optionalInteger("ofs_embed_dim"),
                json.integer("text_embed_dim", 4096),
                json.integer("num_layers", 30),
                json.flag("attention_bias", false),
                json.integer("sample_width", 90),
                json.integer("sample_height", 60),
                json.integer("sample_frames", 49),
                json.integer("patch_size", 2),
                patchSizeT.orElse(1),
                patchSizeT.isEmpty(),
                patchSizeT.isPresent() || json.flag("patch_bias", true),
                json.integer("temporal_compression_ratio", 4),
                json.integer("max_text_seq_length", 226),
                activation(json, "activation_fn", "gelu-approximate"),
                activation(json, "timestep_activation_fn", "silu"),
                json.flag("norm_elementwise_affine", true),
                json.number("norm_eps", 1e-5),
                json.number("spatial_interpolation_scale", 1.875),
                json.number("temporal_interpolation_scale", 1),
                json.flag("use_rotary_positional_embeddings", false),
                json.flag("use_learned_positional_embeddings", false));
    }

    private static Activation activation(Config json, String key, String preset) {
        String name = json.text(key, preset).toLowerCase(Locale.ROOT);
        return switch (name) {
            case "gelu-approximate" -> Activation.GELU_TANH;
            case "gelu" -> Activation.GELU;
            case "silu", "swish" -> Activation.SILU;
            default ->
                    throw new BadInputException(
                            "%s: %s: expected gelu-approximate, gelu or silu, found '%s'"
                                    .formatted(json.file(), key, name));
        };
    }

    /** Width of the token stream. */
    int width() {
        return heads * headDim;
    }

    /** Values of one patch over {@code channels} channels. */
    int patchValues(int channels) {
        return channels * patchSizeT * patchSize * patchSize;
    }
}

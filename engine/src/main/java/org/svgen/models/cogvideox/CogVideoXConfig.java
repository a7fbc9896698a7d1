package org.svgen.models.cogvideox;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.EightBitLayers;
import org.svgen.checkpoint.EightBitLayers.BlockList;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.op.Activation;

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
    private static final int MAX_PATCH = 32;
    private static final int MAX_SIDE = 1 << 12;
    private static final int MAX_FRAMES = 1 << 16;
    private static final int MAX_TEXT = 1 << 12;

    public static CogVideoXConfig read(Config json) {
        json.requireClass(List.of(CLASS));
        int heads = json.positive("num_attention_heads", 30);
        int headDim = json.positive("attention_head_dim", 64);
        json.requireWidth("num_attention_heads", heads, headDim);
        int inChannels = json.channels("in_channels", 16);
        OptionalInt patchSizeT =
                json.has("patch_size_t")
                        ? OptionalInt.of(json.intIn("patch_size_t", 1, MAX_PATCH))
                        : OptionalInt.empty();
        return new CogVideoXConfig(
                heads,
                headDim,
                inChannels,
                json.channels("out_channels", inChannels),
                json.flag("flip_sin_to_cos", true),
                json.numberIn("freq_shift", 0, 1, 0),
                json.positive("time_embed_dim", 512),
                json.optionalPositive("ofs_embed_dim"),
                json.positive("text_embed_dim", 4096),
                json.layers("num_layers", 30),
                json.flag("attention_bias", false),
                json.intIn("sample_width", 1, MAX_SIDE, 90),
                json.intIn("sample_height", 1, MAX_SIDE, 60),
                json.intIn("sample_frames", 1, MAX_FRAMES, 49),
                json.intIn("patch_size", 1, MAX_PATCH, 2),
                patchSizeT.orElse(1),
                patchSizeT.isEmpty(),
                patchSizeT.isPresent() || json.flag("patch_bias", true),
                json.intIn("temporal_compression_ratio", 1, MAX_PATCH, 4),
                json.intIn("max_text_seq_length", 1, MAX_TEXT, 226),
                activation(json, "activation_fn", "gelu-approximate"),
                activation(json, "timestep_activation_fn", "silu"),
                json.flag("norm_elementwise_affine", true),
                json.epsilon("norm_eps", 1e-5),
                json.scale("spatial_interpolation_scale", 1.875),
                json.scale("temporal_interpolation_scale", 1),
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

    /** Which matrices are in 8 bits where that is asked for. */
    EightBitLayers eightBits() {
        return EightBitLayers.within(new BlockList("transformer_blocks", layers));
    }
}

package org.svgen.models.wan;

import java.util.List;
import java.util.OptionalInt;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.EightBitLayers;
import org.svgen.checkpoint.EightBitLayers.BlockList;

/**
 * {@code transformer/config.json} of class WanTransformer3DModel.
 *
 * @param inChannels of the latents and of what is joined to them: an image and its mask
 * @param freqDim sines and cosines that the time is told by
 * @param hidden width between the two halves of the feed-forward layer
 * @param crossNorm what attends to the text is normalised
 * @param imageDim width of an image encoder's tokens; empty if the model takes none
 * @param positions most tokens along one axis
 * @param imagePositions tokens of the pictures, if the model learned a position for each
 */
public record WanConfig(
        int heads,
        int headDim,
        int inChannels,
        int outChannels,
        int patchSizeT,
        int patchSize,
        int textDim,
        int freqDim,
        int hidden,
        int layers,
        boolean crossNorm,
        double eps,
        OptionalInt imageDim,
        int positions,
        OptionalInt imagePositions) {
    static final String CLASS = "WanTransformer3DModel";
    private static final int MAX_PATCH = 32;

    public static WanConfig read(Config json) {
        json.requireClass(List.of(CLASS));
        int headDim = json.positive("attention_head_dim", 128);
        if (headDim % 2 != 0) {
            throw json.wrong("attention_head_dim", "an even number");
        }
        int heads = json.positive("num_attention_heads", 40);
        json.requireWidth("num_attention_heads", heads, headDim);
        int inChannels = json.channels("in_channels", 16);
        int outChannels =
                json.channels(
                        "out_channels", json.keys().contains("out_channels") ? inChannels : 16);
        if (outChannels > inChannels) {
            throw json.wrong("out_channels", "at most the " + inChannels + " of in_channels");
        }
        int freqDim = json.positive("freq_dim", 256);
        if (freqDim % 2 != 0) {
            throw json.wrong("freq_dim", "an even number");
        }
        String norm = "rms_norm_across_heads";
        if (!json.text("qk_norm", norm).equals(norm)) {
            throw json.wrong("qk_norm", "\"" + norm + "\"");
        }
        List<Integer> patch = patch(json);
        return new WanConfig(
                heads,
                headDim,
                inChannels,
                outChannels,
                patch.get(0),
                patch.get(1),
                json.positive("text_dim", 4096),
                freqDim,
                json.positive("ffn_dim", 13824),
                json.layers("num_layers", 40),
                json.flag("cross_attn_norm", true),
                json.epsilon("eps", 1e-6),
                imageDim(json, heads * headDim),
                json.positive("rope_max_seq_len", 1024),
                imagePositions(json));
    }

    private static List<Integer> patch(Config json) {
        String key = "patch_size";
        List<Integer> patch = json.has(key) ? json.integers(key) : List.of(1, 2, 2);
        if (patch.size() != 3
                || patch.stream().anyMatch(p -> p < 1 || p > MAX_PATCH)
                || !patch.get(1).equals(patch.get(2))) {
            throw json.wrong(
                    key,
                    "three whole numbers from 1 to %d, the last two equal".formatted(MAX_PATCH));
        }
        return patch;
    }

    /** Image tokens need both an embedding and projections of their own. */
    private static OptionalInt imageDim(Config json, int width) {
        OptionalInt imageDim = json.optionalPositive("image_dim");
        String added = "added_kv_proj_dim";
        OptionalInt from = json.optionalPositive(added);
        if (imageDim.isPresent() != from.isPresent()) {
            throw json.wrong(added, imageDim.isPresent() ? "" + width : "null, as image_dim is");
        }
        if (from.isPresent() && from.getAsInt() != width) {
            throw json.wrong(added, width + ", the width of the model");
        }
        return imageDim;
    }

    private static OptionalInt imagePositions(Config json) {
        String key = "pos_embed_seq_len";
        if (json.has(key) && !json.has("image_dim")) {
            throw json.wrong(key, "null, as image_dim is");
        }
        return json.optionalPositive(key);
    }

    /** Width of the token stream. */
    int width() {
        return heads * headDim;
    }

    /** Values of one patch over {@code channels} channels. */
    int patchValues(int channels) {
        return channels * patchSizeT * patchSize * patchSize;
    }

    /** The head dimension's parts that turn with frame, row and column. */
    int[] ropeDims() {
        int side = headDim / 6 * 2;
        return new int[] {headDim - 2 * side, side, side};
    }

    /** Which matrices are in 8 bits where that is asked for. */
    EightBitLayers eightBits() {
        return EightBitLayers.within(new BlockList("blocks", layers));
    }
}

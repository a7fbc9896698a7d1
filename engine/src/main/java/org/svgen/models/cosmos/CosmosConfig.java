package org.svgen.models.cosmos;

import java.util.List;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.EightBitLayers;
import org.svgen.checkpoint.EightBitLayers.BlockList;

/**
 * {@code transformer/config.json} of class CosmosTransformer3DModel.
 *
 * @param channels of the latents, in and out
 * @param mask whether a channel of zeros is beside them: no part of the picture is padding
 * @param hidden width between the two halves of the feed-forward layer
 * @param modulation width of what modulation goes through
 * @param places most tokens along frames, rows and columns
 * @param ropeScale by how much places may be stretched along these
 * @param learned whether a learned position is added before each block
 */
public record CosmosConfig(
        int heads,
        int headDim,
        int channels,
        boolean mask,
        int patchSize,
        int textDim,
        int hidden,
        int modulation,
        int layers,
        List<Integer> places,
        List<Double> ropeScale,
        boolean learned) {
    static final String CLASS = "CosmosTransformer3DModel";
    private static final int MAX_PATCH = 32;

    /** The head dimension's parts for rows and columns need two frequencies at least. */
    private static final int MIN_HEAD = 12;

    static CosmosConfig read(Config json) {
        json.requireClass(List.of(CLASS));
        int headDim = json.positive("attention_head_dim", 128);
        if (headDim % 2 != 0 || headDim < MIN_HEAD) {
            throw json.wrong("attention_head_dim", "an even number from " + MIN_HEAD + " on");
        }
        int heads = json.positive("num_attention_heads", 32);
        json.requireWidth("num_attention_heads", heads, headDim);
        int channels = json.channels("in_channels", 16);
        if (json.channels("out_channels", 16) != channels) {
            throw json.wrong("out_channels", channels + ", as in_channels: text to world alone");
        }
        requireWhatRuns(json);
        int patch = patch(json);
        int width = heads * headDim;
        return new CosmosConfig(
                heads,
                headDim,
                channels,
                json.flag("concat_padding_mask", true),
                patch,
                json.positive("text_embed_dim", 1024),
                hidden(json, width),
                json.positive("adaln_lora_dim", 256),
                json.layers("num_layers", 28),
                places(json, patch),
                scales(json),
                learned(json));
    }

    /** What later models of the same class have. */
    private static void requireWhatRuns(Config json) {
        if (json.flag("use_crossattn_projection", false)) {
            throw json.wrong("use_crossattn_projection", "false: Cosmos 1.0 has none");
        }
        for (String key : List.of("controlnet_block_every_n", "img_context_dim_in")) {
            if (json.has(key)) {
                throw json.wrong(key, "null: Cosmos 1.0 has none");
            }
        }
    }

    private static int patch(Config json) {
        String key = "patch_size";
        List<Integer> patch = json.has(key) ? json.integers(key) : List.of(1, 2, 2);
        if (patch.size() != 3
                || patch.get(0) != 1
                || patch.get(1) < 1
                || patch.get(1) > MAX_PATCH
                || !patch.get(1).equals(patch.get(2))) {
            throw json.wrong(
                    key, "1 and two equal whole numbers from 1 to %d".formatted(MAX_PATCH));
        }
        return patch.get(1);
    }

    private static int hidden(Config json, int width) {
        double hidden = width * json.numberIn("mlp_ratio", 0.01, 64, 4);
        if (hidden < 1 || hidden > Config.MAX_SIZE) {
            throw json.wrong("mlp_ratio", "a feed-forward layer of 1 to " + Config.MAX_SIZE);
        }
        return (int) hidden;
    }

    private static List<Integer> places(Config json, int patch) {
        String key = "max_size";
        List<Integer> most = json.has(key) ? json.integers(key) : List.of(128, 240, 240);
        if (most.size() != 3
                || most.stream().anyMatch(size -> size < patch || size > Config.MAX_SIZE)) {
            throw json.wrong(key, "three whole numbers from %d on".formatted(patch));
        }
        return List.of(most.get(0), most.get(1) / patch, most.get(2) / patch);
    }

    private static List<Double> scales(Config json) {
        String key = "rope_scale";
        List<Double> scales =
                json.has(key) ? json.numbersIn(key, 0.01, 1000) : List.of(2.0, 1.0, 1.0);
        if (scales.size() != 3) {
            throw json.wrong(key, "three numbers: for frames, rows and columns");
        }
        return scales;
    }

    private static boolean learned(Config json) {
        String key = "extra_pos_embed_type";
        if (!json.keys().contains(key)) {
            return true;
        }
        if (json.has(key) && !json.text(key).equals("learnable")) {
            throw json.wrong(key, "\"learnable\" or null");
        }
        return json.has(key);
    }

    /** Width of the token stream. */
    int width() {
        return heads * headDim;
    }

    /** Channels that the network sees. */
    int inChannels() {
        return channels + (mask ? 1 : 0);
    }

    /** Values of one patch over so many channels. */
    int patchValues(int of) {
        return of * patchSize * patchSize;
    }

    /** The head dimension's parts that turn with frame, row and column. */
    int[] ropeDims() {
        int side = headDim / 6 * 2;
        return new int[] {headDim - 2 * side, side, side};
    }

    /** Which matrices are in 8 bits where that is asked for. */
    EightBitLayers eightBits() {
        return EightBitLayers.within(new BlockList("transformer_blocks", layers));
    }
}

package org.svgen.models.hunyuan;

import java.util.List;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.EightBitLayers;
import org.svgen.checkpoint.EightBitLayers.BlockList;
import org.svgen.nn.joint.JointShape;

/**
 * {@code transformer/config.json} of class HunyuanVideoTransformer3DModel.
 *
 * @param given how a first frame is given
 * @param doubleLayers blocks in which video and text have weights of their own
 * @param singleLayers blocks behind those, in which they share weights
 * @param refinerLayers blocks that the text goes through first
 * @param guidanceEmbeds the model was distilled to take the guidance scale as an input
 * @param pooledDim width of the vector that stands for the whole text
 * @param ropeDims parts of the head dimension that turn with frame, row and column
 */
public record HunyuanConfig(
        GivenFrame given,
        int heads,
        int headDim,
        int inChannels,
        int outChannels,
        int doubleLayers,
        int singleLayers,
        int refinerLayers,
        int hidden,
        int patchSize,
        int patchSizeT,
        boolean guidanceEmbeds,
        int textEmbedDim,
        int pooledDim,
        double ropeTheta,
        List<Integer> ropeDims) {
    static final String CLASS = "HunyuanVideoTransformer3DModel";
    private static final int MAX_PATCH = 32;

    public static HunyuanConfig read(Config json) {
        json.requireClass(List.of(CLASS));
        int headDim = json.positive("attention_head_dim", 128);
        int heads = json.positive("num_attention_heads", 24);
        json.requireWidth("num_attention_heads", heads, headDim);
        int inChannels = json.channels("in_channels", 16);
        GivenFrame given = GivenFrame.read(json);
        if (!json.text("qk_norm", "rms_norm").equals("rms_norm")) {
            throw json.wrong("qk_norm", "\"rms_norm\"");
        }
        List<Integer> dims =
                json.has("rope_axes_dim") ? json.integers("rope_axes_dim") : List.of(16, 56, 56);
        if (dims.size() != 3
                || dims.stream().anyMatch(d -> d < 2 || d % 2 != 0)
                || dims.stream().mapToLong(d -> d).sum() != headDim) {
            throw json.wrong("rope_axes_dim", "three even numbers that add up to " + headDim);
        }
        int patchSizeT = json.positive("patch_size_t", 1);
        if (patchSizeT != 1) {
            throw json.wrong("patch_size_t", "1");
        }
        int outChannels = json.channels("out_channels", given.latents(inChannels));
        if (given.latents(inChannels) != outChannels) {
            throw json.wrong(
                    "in_channels",
                    "%d for %d out_channels with this image_condition_type"
                            .formatted(given.inChannels(outChannels), outChannels));
        }
        return new HunyuanConfig(
                given,
                heads,
                headDim,
                inChannels,
                outChannels,
                json.layers("num_layers", 20),
                json.layers("num_single_layers", 40),
                json.layers("num_refiner_layers", 2),
                (int) (heads * headDim * json.numberIn("mlp_ratio", 0.5, 64, 4)),
                json.intIn("patch_size", 1, MAX_PATCH, 2),
                patchSizeT,
                json.flag("guidance_embeds", true),
                json.positive("text_embed_dim", 4096),
                json.positive("pooled_projection_dim", 768),
                json.numberIn("rope_theta", 1, Config.MAX_THETA, 256),
                dims);
    }

    /** Width of the token stream. */
    int width() {
        return heads * headDim;
    }

    JointShape shape() {
        return new JointShape(heads, headDim, hidden);
    }

    int layers() {
        return doubleLayers + singleLayers;
    }

    /** Values of one patch over {@code channels} channels. */
    int patchValues(int channels) {
        return channels * patchSizeT * patchSize * patchSize;
    }

    /** Which matrices are in 8 bits where that is asked for. */
    EightBitLayers eightBits() {
        return EightBitLayers.within(
                new BlockList("transformer_blocks", doubleLayers),
                new BlockList("single_transformer_blocks", singleLayers));
    }
}

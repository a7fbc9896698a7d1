package org.svgen.models.hunyuan15;

import java.util.List;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.EightBitLayers;
import org.svgen.checkpoint.EightBitLayers.BlockList;
import org.svgen.nn.joint.JointShape;
import org.svgen.tensor.BadInputException;

/**
 * {@code transformer/config.json} of class HunyuanVideo15Transformer3DModel.
 *
 * @param inChannels latents, latents of a picture and a mask
 * @param refinerLayers blocks that the prompt goes through first
 * @param textDim width of the language model's embeddings
 * @param glyphDim width of the embeddings of quoted text
 * @param pictureDim width of the image encoder's embeddings
 * @param ropeDims parts of the head dimension that turn with frame, row and column
 * @param targetSize side in pixels of a square as large as the videos that it was trained for
 * @param picture the model begins with a picture
 * @param meanFlow the model is told the time at the end of a step too
 */
public record Hunyuan15Config(
        JointShape shape,
        int inChannels,
        int outChannels,
        int layers,
        int refinerLayers,
        int textDim,
        int glyphDim,
        int pictureDim,
        double ropeTheta,
        List<Integer> ropeDims,
        int targetSize,
        boolean picture,
        boolean meanFlow) {
    static final String CLASS = "HunyuanVideo15Transformer3DModel";

    private static final String PICTURE = "i2v";
    private static final int MAX_SIDE = 1 << 14;

    /**
     * Reads a configuration.
     *
     * @throws BadInputException if a value is of the wrong type or not one that this code can run
     */
    public static Hunyuan15Config read(Config json) {
        json.requireClass(List.of(CLASS));
        int headDim = json.positive("attention_head_dim", 128);
        int heads = json.positive("num_attention_heads", 16);
        json.requireWidth("num_attention_heads", heads, headDim);
        if (!json.text("qk_norm", "rms_norm").equals("rms_norm")) {
            throw json.wrong("qk_norm", "\"rms_norm\"");
        }
        requireOne(json, "patch_size");
        requireOne(json, "patch_size_t");
        int out = json.channels("out_channels", 32);
        int in = json.channels("in_channels", 65);
        if (in != 2 * out + 1) {
            throw json.wrong(
                    "in_channels", "%d: latents, a picture's and a mask".formatted(2 * out + 1));
        }
        String task = json.text("task_type", PICTURE);
        if (!task.equals(PICTURE) && !task.equals("t2v")) {
            throw json.wrong("task_type", "\"i2v\" or \"t2v\"");
        }
        int hidden = (int) (heads * headDim * json.numberIn("mlp_ratio", 0.5, 64, 4));
        return new Hunyuan15Config(
                new JointShape(heads, headDim, hidden),
                in,
                out,
                json.layers("num_layers", 54),
                json.layers("num_refiner_layers", 2),
                json.positive("text_embed_dim", 3584),
                json.positive("text_embed_2_dim", 1472),
                json.positive("image_embed_dim", 1152),
                json.numberIn("rope_theta", 1, Config.MAX_THETA, 256),
                ropeDims(json, headDim),
                json.intIn("target_size", 1, MAX_SIDE, 640),
                task.equals(PICTURE),
                json.flag("use_meanflow", false));
    }

    private static void requireOne(Config json, String key) {
        if (json.positive(key, 1) != 1) {
            throw json.wrong(key, "1");
        }
    }

    private static List<Integer> ropeDims(Config json, int headDim) {
        List<Integer> dims =
                json.has("rope_axes_dim") ? json.integers("rope_axes_dim") : List.of(16, 56, 56);
        if (dims.size() != 3
                || dims.stream().anyMatch(d -> d < 2 || d % 2 != 0)
                || dims.stream().mapToLong(d -> d).sum() != headDim) {
            throw json.wrong("rope_axes_dim", "three even numbers that add up to " + headDim);
        }
        return dims;
    }

    /** Channels of a token. */
    int width() {
        return shape.width();
    }

    /** Which matrices are in 8 bits where that is asked for. */
    EightBitLayers eightBits() {
        return EightBitLayers.within(new BlockList("transformer_blocks", layers));
    }
}

package org.svgen.text;

import org.svgen.checkpoint.WeightSource;
import org.svgen.nn.Linear;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Activation;
import org.svgen.vision.ClipVisionEncoder;

/**
 * A Llama that sees a picture: what CLIP makes of its patches stands in place of the picture's
 * tokens (transformers: {@code LlavaForConditionalGeneration} with {@code output_hidden_states}).
 *
 * @param vision sees the picture
 * @param in from CLIP's width to Llama's
 * @param out within Llama's width
 * @param llama reads all
 */
public record LlavaEncoder(
        LlavaConfig config, ClipVisionEncoder vision, Linear in, Linear out, LlamaEncoder llama) {

    /**
     * Loads an encoder.
     *
     * @param skipped how many of Llama's last layers are not run, at least 1
     * @throws org.svgen.tensor.BadInputException if a weight is missing or has another shape than
     *     {@code config} says
     */
    public static LlavaEncoder load(LlavaConfig config, WeightSource weights, int skipped) {
        WeightSource w =
                weights.has("model.multi_modal_projector.linear_1.weight")
                        ? weights.at("model")
                        : weights;
        WeightSource projector = w.at("multi_modal_projector");
        int seen = config.vision().width();
        int width = config.text().width();
        return new LlavaEncoder(
                config,
                ClipVisionEncoder.load(config.vision(), w.at("vision_tower")),
                Linear.load(projector, "linear_1", seen, width, true),
                Linear.load(projector, "linear_2", width, width, true),
                LlamaEncoder.load(config.text(), w.at("language_model"), skipped));
    }

    /**
     * Embeds a text with a picture in it.
     *
     * @param ids N tokens, none of them padding, the picture's among them
     * @param pixels F32 [3, S, S], as {@link org.svgen.vision.ClipPicture} prepares them
     * @param image where the picture's {@link LlavaConfig#imageTokens} begin
     * @param rotary as {@link LlamaEncoder#encode} has it
     * @param embeds F32 [N, width]
     */
    public void encode(
            Workspace ws, int[] ids, Tensor pixels, int image, DType rotary, Tensor embeds) {
        llama.embed(ws, ids, ids.length, embeds);
        see(ws, pixels, embeds.rows(image, (long) image + config.imageTokens()));
        llama.run(ws, ids.length, rotary, embeds);
    }

    /**
     * What stands for the picture.
     *
     * @param pixels F32 [3, S, S]
     * @param tokens F32 [{@link LlavaConfig#imageTokens}, width]
     */
    void see(Workspace ws, Tensor pixels, Tensor tokens) {
        int count = config.imageTokens();
        try (var _ = ws.scope()) {
            Tensor seen = ws.allocate(DType.F32, 1L + count, config.vision().width());
            vision.encode(ws, pixels, seen);
            Tensor inner = ws.allocate(DType.F32, count, in.outputs());
            in.apply(ws.ops(), seen.rows(1, 1L + count), Activation.GELU, inner);
            out.apply(ws.ops(), inner, tokens);
        }
    }
}

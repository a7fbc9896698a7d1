package org.svgen.models;

import static org.svgen.models.Renaming.renamed;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.svgen.tensor.Tensor;

/** As {@link VendorNames}, of Wan. */
final class WanVendorNames {
    private WanVendorNames() {}

    static Map<String, Tensor> wanTransformer(Map<String, Tensor> weights) {
        return renamed(
                weights,
                "condition_embedder.text_embedder.linear_1",
                "text_embedding.0",
                "condition_embedder.text_embedder.linear_2",
                "text_embedding.2",
                "condition_embedder.time_embedder.linear_1",
                "time_embedding.0",
                "condition_embedder.time_embedder.linear_2",
                "time_embedding.2",
                "condition_embedder.time_proj",
                "time_projection.1",
                "condition_embedder.image_embedder.norm1",
                "img_emb.proj.0",
                "condition_embedder.image_embedder.ff.net.0.proj",
                "img_emb.proj.1",
                "condition_embedder.image_embedder.ff.net.2",
                "img_emb.proj.3",
                "condition_embedder.image_embedder.norm2",
                "img_emb.proj.4",
                "condition_embedder.image_embedder.pos_embed",
                "img_emb.emb_pos",
                ".scale_shift_table",
                ".modulation",
                "scale_shift_table",
                "head.modulation",
                "proj_out",
                "head.head",
                ".norm2.",
                ".norm3.",
                "attn1.to_out.0",
                "self_attn.o",
                "attn2.to_out.0",
                "cross_attn.o",
                "attn1.to_",
                "self_attn.",
                "attn2.to_",
                "cross_attn.",
                "attn2.add_k_proj",
                "cross_attn.k_img",
                "attn2.add_v_proj",
                "cross_attn.v_img",
                "attn2.norm_added_k",
                "cross_attn.norm_k_img",
                "attn1.",
                "self_attn.",
                "attn2.",
                "cross_attn.",
                "ffn.net.0.proj",
                "ffn.0",
                "ffn.net.2",
                "ffn.2");
    }

    private static Map<String, Tensor> wanVae(Map<String, Tensor> weights, String... more) {
        List<String> pairs = new ArrayList<>(List.of(more));
        pairs.addAll(
                List.of(
                        "post_quant_conv", "conv2",
                        "quant_conv", "conv1",
                        "coder.conv_in", "coder.conv1",
                        "coder.norm_out.", "coder.head.0.",
                        "coder.conv_out", "coder.head.2",
                        "mid_block.attentions.0", "middle.1",
                        "mid_block.resnets.0", "middle.0",
                        "mid_block.resnets.1", "middle.2"));
        Map<String, Tensor> out = new LinkedHashMap<>();
        renamed(weights, pairs.toArray(String[]::new))
                .forEach((name, tensor) ->
                        out.put(
                                name.replaceFirst("(\\.\\d+)\\.norm1\\.", "$1.residual.0.")
                                        .replaceFirst("(\\.\\d+)\\.conv1\\.", "$1.residual.2.")
                                        .replaceFirst("(\\.\\d+)\\.norm2\\.", "$1.residual.3.")
                                        .replaceFirst("(\\.\\d+)\\.conv2\\.", "$1.residual.6.")
                                        .replace("conv_shortcut", "shortcut"),
                                tensor));
        return out;
    }

    /**
     * @param resnets of a block of the decoder
     */
    static Map<String, Tensor> wan21Vae(Map<String, Tensor> weights, int resnets) {
        Map<String, Tensor> numbered = new LinkedHashMap<>();
        Pattern up =
                Pattern.compile("decoder\\.up_blocks\\.(\\d+)\\.(resnets|upsamplers)\\.(\\d+)");
        weights.forEach((name, tensor) -> {
            Matcher m = up.matcher(name);
            if (m.lookingAt()) {
                int at = m.group(2).equals("resnets") ? Integer.parseInt(m.group(3)) : resnets;
                int number = Integer.parseInt(m.group(1)) * (resnets + 1) + at;
                numbered.put("decoder.upsamples." + number + name.substring(m.end()), tensor);
            } else {
                numbered.put(name.replace("encoder.down_blocks", "encoder.downsamples"), tensor);
            }
        });
        return wanVae(numbered);
    }

    /**
     * @param layers of a block of the encoder; the decoder has one more
     */
    static Map<String, Tensor> wan22Vae(Map<String, Tensor> weights, int layers) {
        Map<String, Tensor> out = new LinkedHashMap<>();
        weights.forEach((name, tensor) ->
                out.put(
                        name.replaceFirst(
                                        "encoder\\.down_blocks\\.(\\d)\\.resnets",
                                        "encoder.downsamples.$1.downsamples")
                                .replaceFirst(
                                        "encoder\\.down_blocks\\.(\\d)\\.downsampler",
                                        "encoder.downsamples.$1.downsamples." + layers)
                                .replaceFirst(
                                        "decoder\\.up_blocks\\.(\\d)\\.resnets",
                                        "decoder.upsamples.$1.upsamples")
                                .replaceFirst(
                                        "decoder\\.up_blocks\\.(\\d)\\.upsampler",
                                        "decoder.upsamples.$1.upsamples." + (layers + 1)),
                        tensor));
        return wanVae(out);
    }

    static Map<String, Tensor> wanText(Map<String, Tensor> weights) {
        return renamed(
                weights,
                "encoder.block",
                "blocks",
                "encoder.final_layer_norm",
                "norm",
                "shared",
                "token_embedding",
                "layer.0.SelfAttention.relative_attention_bias",
                "pos_embedding.embedding",
                "layer.0.SelfAttention",
                "attn",
                "layer.0.layer_norm",
                "norm1",
                "layer.1.layer_norm",
                "norm2",
                "layer.1.DenseReluDense.wi_0",
                "ffn.gate.0",
                "layer.1.DenseReluDense.wi_1",
                "ffn.fc1",
                "layer.1.DenseReluDense.wo",
                "ffn.fc2");
    }
}

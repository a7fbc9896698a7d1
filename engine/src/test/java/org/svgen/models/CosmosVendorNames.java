package org.svgen.models;

import static org.svgen.models.Renaming.replaced;

import java.lang.foreign.Arena;
import java.util.Map;
import java.util.TreeMap;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;

/**
 * Tensors of Cosmos 1.0 as its makers name them, written down by themselves: they share nothing
 * with what reads them.
 */
final class CosmosVendorNames {
    private static final int BLOCKS = 3; // of the tiny decoder

    private CosmosVendorNames() {}

    static Map<String, Tensor> transformer(Map<String, Tensor> weights) {
        Map<String, Tensor> out = new TreeMap<>();
        weights.forEach((name, tensor) -> out.put(transformer(name), tensor));
        out.put("logvar.0.freqs", small());
        out.put("logvar.0.phases", small());
        out.put("logvar.1.weight", small());
        out.put("pos_embedder.seq", small());
        return out;
    }

    private static Tensor small() {
        return Tensor.zeros(Arena.ofAuto(), DType.F32, 4);
    }

    private static String transformer(String name) {
        if (!name.startsWith("transformer_blocks.")) {
            return replaced(
                    name,
                    "patch_embed.proj",
                    "x_embedder.proj.1",
                    "learnable_pos_embed",
                    "extra_pos_embedder",
                    "time_embed.t_embedder",
                    "t_embedder.1",
                    "time_embed.norm",
                    "affline_norm",
                    "norm_out.linear_",
                    "final_layer.adaLN_modulation.",
                    "proj_out",
                    "final_layer.linear");
        }
        return replaced(
                name.replaceFirst("^transformer_blocks\\.(\\d+)", "blocks.block$1.blocks"),
                "attn1.to_out.0",
                "0.block.attn.to_out.0",
                "attn2.to_out.0",
                "1.block.attn.to_out.0",
                "attn1.norm_q",
                "0.block.attn.to_q.1",
                "attn1.norm_k",
                "0.block.attn.to_k.1",
                "attn2.norm_q",
                "1.block.attn.to_q.1",
                "attn2.norm_k",
                "1.block.attn.to_k.1",
                "attn1.to_q.weight",
                "0.block.attn.to_q.0.weight",
                "attn1.to_k.weight",
                "0.block.attn.to_k.0.weight",
                "attn1.to_v.weight",
                "0.block.attn.to_v.0.weight",
                "attn2.to_q.weight",
                "1.block.attn.to_q.0.weight",
                "attn2.to_k.weight",
                "1.block.attn.to_k.0.weight",
                "attn2.to_v.weight",
                "1.block.attn.to_v.0.weight",
                "ff.net.0.proj",
                "2.block.layer1",
                "ff.net.2",
                "2.block.layer2",
                "norm1.linear_",
                "0.adaLN_modulation.",
                "norm2.linear_",
                "1.adaLN_modulation.",
                "norm3.linear_",
                "2.adaLN_modulation.");
    }

    static Map<String, Tensor> vae(Map<String, Tensor> weights) {
        Map<String, Tensor> out = new TreeMap<>();
        weights.forEach((name, tensor) -> out.put(vae(name), tensor));
        out.put("decoder.unpatcher3d.wavelets", small());
        out.put("encoder.patcher3d._arange", small());
        out.put("latent_mean", small());
        out.put("latent_std", small());
        return out;
    }

    private static String vae(String name) {
        String to = name;
        for (int i = 0; i < BLOCKS; i++) {
            to = to.replace("up_blocks." + i + ".", "up." + (BLOCKS - 1 - i) + ".");
        }
        return replaced(
                to.replaceFirst(
                        "((?<!_)quant_conv|samplers\\.0\\.conv\\d|post_quant_conv)\\.",
                        "$1.conv3d."),
                "down_blocks",
                "down",
                "mid_block.resnets.0",
                "mid.block_1",
                "mid_block.resnets.1",
                "mid.block_2",
                "mid_block.attentions.0",
                "mid.attn_1.0",
                "mid_block.temp_attentions.0",
                "mid.attn_1.1",
                ".resnets.",
                ".block.",
                "downsamplers.0",
                "downsample",
                "upsamplers.0",
                "upsample",
                ".to_q.",
                ".q.conv3d.",
                ".to_k.",
                ".k.conv3d.",
                ".to_v.",
                ".v.conv3d.",
                ".to_out.0.",
                ".proj_out.conv3d.",
                ".conv_s.",
                ".0.conv3d.",
                ".conv_t.",
                ".1.conv3d.",
                ".conv_shortcut.",
                ".nin_shortcut.conv3d.");
    }
}

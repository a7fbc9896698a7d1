package org.svgen.models;

import static org.svgen.models.Renaming.join;
import static org.svgen.models.Renaming.renamed;
import static org.svgen.models.Renaming.replaced;
import static org.svgen.models.Renaming.stacked;
import static org.svgen.models.Renaming.swapped;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.svgen.tensor.Tensor;

/**
 * Writes the weights of a component as the model's makers do: other names, some tensors joined.
 * Made of the scripts with which diffusers converts such files, the other way round; it shares
 * nothing with what reads them. Of CogVideoX and HunyuanVideo; {@link WanVendorNames} has Wan's.
 */
final class VendorNames {
    private VendorNames() {}

    static Map<String, Tensor> hunyuanTransformer(Map<String, Tensor> weights) {
        Map<String, Tensor> joined = new TreeMap<>(weights);
        join(joined, "attn.to_q", "self_attn_qkv", "context_embedder.*", "attn.to_k", "attn.to_v");
        join(joined, "attn.to_q", "linear1", "single_.*", "attn.to_k", "attn.to_v", "proj_mlp");
        join(joined, "attn.to_q", "img_attn_qkv", ".*", "attn.to_k", "attn.to_v");
        join(joined, "attn.add_q_proj", "txt_attn_qkv", ".*", "attn.add_k_proj", "attn.add_v_proj");
        joined.replaceAll(
                (name, tensor) -> name.startsWith("norm_out.linear.") ? swapped(tensor) : tensor);
        Map<String, Tensor> out = new LinkedHashMap<>();
        joined.forEach((name, tensor) -> {
            String part = name;
            if (name.startsWith("context_embedder")) {
                part =
                        replaced(
                                name,
                                "context_embedder.proj_in",
                                "txt_in.input_embedder",
                                "context_embedder.time_text_embed.timestep_embedder.linear_1",
                                "txt_in.t_embedder.mlp.0",
                                "context_embedder.time_text_embed.timestep_embedder.linear_2",
                                "txt_in.t_embedder.mlp.2",
                                "context_embedder.time_text_embed.text_embedder",
                                "txt_in.c_embedder",
                                "context_embedder.token_refiner.refiner_blocks",
                                "txt_in.individual_token_refiner.blocks",
                                "norm_out.linear",
                                "adaLN_modulation.1",
                                "attn.to_out.0",
                                "self_attn_proj",
                                "ff.net.0.proj",
                                "mlp.fc1",
                                "ff.net.2",
                                "mlp.fc2");
            } else if (name.startsWith("single_")) {
                part =
                        replaced(
                                name,
                                "single_transformer_blocks",
                                "single_blocks",
                                "norm.linear",
                                "modulation.linear",
                                "proj_out",
                                "linear2",
                                "attn.norm_q",
                                "q_norm",
                                "attn.norm_k",
                                "k_norm");
            } else {
                part =
                        replaced(
                                name,
                                "transformer_blocks",
                                "double_blocks",
                                "x_embedder",
                                "img_in",
                                "time_text_embed.timestep_embedder.linear_1",
                                "time_in.mlp.0",
                                "time_text_embed.timestep_embedder.linear_2",
                                "time_in.mlp.2",
                                "time_text_embed.guidance_embedder.linear_1",
                                "guidance_in.mlp.0",
                                "time_text_embed.guidance_embedder.linear_2",
                                "guidance_in.mlp.2",
                                "time_text_embed.text_embedder.linear_1",
                                "vector_in.in_layer",
                                "time_text_embed.text_embedder.linear_2",
                                "vector_in.out_layer",
                                "norm1_context.linear",
                                "txt_mod.linear",
                                "norm1.linear",
                                "img_mod.linear",
                                "attn.norm_added_q",
                                "txt_attn_q_norm",
                                "attn.norm_added_k",
                                "txt_attn_k_norm",
                                "attn.norm_q",
                                "img_attn_q_norm",
                                "attn.norm_k",
                                "img_attn_k_norm",
                                "attn.to_out.0",
                                "img_attn_proj",
                                "attn.to_add_out",
                                "txt_attn_proj",
                                "ff_context.net.0.proj",
                                "txt_mlp.fc1",
                                "ff_context.net.2",
                                "txt_mlp.fc2",
                                "ff.net.0.proj",
                                "img_mlp.fc1",
                                "ff.net.2",
                                "img_mlp.fc2",
                                "norm_out.linear",
                                "final_layer.adaLN_modulation.1",
                                "proj_out",
                                "final_layer.linear");
            }
            out.put(part, tensor);
        });
        return out;
    }

    /** As ComfyUI saves what it read of {@link #hunyuanTransformer}. */
    static Map<String, Tensor> comfyHunyuan(Map<String, Tensor> original) {
        return renamed(
                original,
                "txt_in.t_embedder.mlp.0.",
                "txt_in.t_embedder.in_layer.",
                "txt_in.t_embedder.mlp.2.",
                "txt_in.t_embedder.out_layer.",
                "txt_in.c_embedder.linear_1.",
                "txt_in.c_embedder.in_layer.",
                "txt_in.c_embedder.linear_2.",
                "txt_in.c_embedder.out_layer.",
                "_mod.linear.",
                "_mod.lin.",
                "_attn_qkv.",
                "_attn.qkv.",
                "mlp.fc1.",
                "mlp.0.",
                "mlp.fc2.",
                "mlp.2.",
                "_attn_q_norm.weight",
                "_attn.norm.query_norm.scale",
                "_attn_k_norm.weight",
                "_attn.norm.key_norm.scale",
                ".q_norm.weight",
                ".norm.query_norm.scale",
                ".k_norm.weight",
                ".norm.key_norm.scale",
                "_attn_proj.",
                "_attn.proj.",
                ".modulation.linear.",
                ".modulation.lin.",
                "_in.mlp.2.",
                "_in.out_layer.",
                "_in.mlp.0.",
                "_in.in_layer.");
    }

    static Map<String, Tensor> cogVideoXTransformer(Map<String, Tensor> weights) {
        Map<String, Tensor> joined = new TreeMap<>(weights);
        join(joined, "attn1.to_q", "attention.query_key_value", ".*", "attn1.to_k", "attn1.to_v");
        for (String name : List.copyOf(joined.keySet())) {
            Matcher m =
                    Pattern.compile("transformer_blocks\\.(\\d+)\\.norm1\\.linear\\.(.*)")
                            .matcher(name);
            if (m.matches()) {
                Tensor one = joined.remove(name);
                Tensor two = joined.remove(name.replace("norm1", "norm2"));
                int half = one.size(0) / 2;
                joined.put(
                        "mixins.adaln_layer.adaLN_modulations.%s.1.%s"
                                .formatted(m.group(1), m.group(2)),
                        stacked(
                                List.of(
                                        one.rows(0, half),
                                        two.rows(0, half),
                                        one.rows(half, 2L * half),
                                        two.rows(half, 2L * half))));
            }
        }
        Map<String, Tensor> out = new LinkedHashMap<>();
        renamed(
                        joined,
                        "time_embedding.linear_1",
                        "time_embed.0",
                        "time_embedding.linear_2",
                        "time_embed.2",
                        "ofs_embedding.linear_1",
                        "ofs_embed.0",
                        "ofs_embedding.linear_2",
                        "ofs_embed.2",
                        "patch_embed.pos_embedding",
                        "mixins.pos_embed.pos_embedding",
                        "patch_embed.",
                        "mixins.patch_embed.",
                        "norm_final",
                        "transformer.final_layernorm",
                        "norm_out.norm",
                        "mixins.final_layer.norm_final",
                        "norm_out.linear",
                        "mixins.final_layer.adaLN_modulation.1",
                        "proj_out",
                        "mixins.final_layer.linear",
                        "attn1.to_out.0",
                        "attention.dense",
                        "ff.net.0.proj",
                        "mlp.dense_h_to_4h",
                        "ff.net.2",
                        "mlp.dense_4h_to_h",
                        "norm1.norm",
                        "input_layernorm",
                        "norm2.norm",
                        "post_attention_layernorm",
                        "transformer_blocks.",
                        "transformer.layers.")
                .forEach((name, tensor) ->
                        out.put(
                                "model.diffusion_model."
                                        + name.replaceFirst(
                                                        "transformer\\.layers\\.(\\d+)\\.attn1\\.norm_q\\.",
                                                        "mixins.adaln_layer.query_layernorm_list.$1.")
                                                .replaceFirst(
                                                        "transformer\\.layers\\.(\\d+)\\.attn1\\.norm_k\\.",
                                                        "mixins.adaln_layer.key_layernorm_list.$1."),
                                tensor));
        return out;
    }

    static Map<String, Tensor> cogVideoXVae(Map<String, Tensor> weights) {
        Map<String, Tensor> out = new LinkedHashMap<>();
        Pattern up = Pattern.compile("up_blocks\\.(\\d)");
        weights.forEach((name, tensor) -> {
            String to =
                    replaced(
                            name,
                            "mid_block.resnets.0",
                            "mid.block_1",
                            "mid_block.resnets.1",
                            "mid.block_2",
                            "downsamplers.0",
                            "downsample",
                            "upsamplers.0",
                            "upsample",
                            "conv_shortcut",
                            "nin_shortcut",
                            "resnets.",
                            "block.",
                            "down_blocks.",
                            "down.");
            out.put(
                    up.matcher(to).replaceAll(m -> "up." + (3 - Integer.parseInt(m.group(1)))),
                    tensor);
        });
        return out;
    }
}

package org.svgen.models;

import static org.svgen.models.Renaming.join;
import static org.svgen.models.Renaming.renamed;
import static org.svgen.models.Renaming.swapped;

import java.util.Map;
import java.util.TreeMap;
import org.svgen.tensor.Tensor;

/**
 * Tensors of HunyuanVideo-1.5 as its makers and ComfyUI name them, written down by themselves: they
 * share nothing with what reads them.
 */
final class Hunyuan15VendorNames {
    private Hunyuan15VendorNames() {}

    static Map<String, Tensor> transformer(Map<String, Tensor> weights) {
        Map<String, Tensor> joined = new TreeMap<>(weights);
        join(joined, "attn.to_q", "self_attn_qkv", "context_embedder.*", "attn.to_k", "attn.to_v");
        joined.replaceAll(
                (name, tensor) -> name.startsWith("norm_out.linear.") ? swapped(tensor) : tensor);
        Map<String, Tensor> refined =
                renamed(
                        joined,
                        "context_embedder.proj_in",
                        "txt_in.input_embedder",
                        "context_embedder.time_text_embed.timestep_embedder.linear_1",
                        "txt_in.t_embedder.mlp.0",
                        "context_embedder.time_text_embed.timestep_embedder.linear_2",
                        "txt_in.t_embedder.mlp.2",
                        "context_embedder.time_text_embed.text_embedder",
                        "txt_in.c_embedder",
                        "context_embedder.token_refiner.refiner_blocks",
                        "txt_in.individual_token_refiner.blocks");
        Map<String, Tensor> out = new TreeMap<>();
        refined.forEach((name, tensor) ->
                out.put(name.startsWith("txt_in") ? refiner(name) : rest(name), tensor));
        return out;
    }

    private static String refiner(String name) {
        return Renaming.replaced(
                name,
                "norm_out.linear",
                "adaLN_modulation.1",
                "attn.to_out.0",
                "self_attn_proj",
                "ff.net.0.proj",
                "mlp.fc1",
                "ff.net.2",
                "mlp.fc2");
    }

    private static String rest(String name) {
        return Renaming.replaced(
                name,
                "transformer_blocks",
                "double_blocks",
                "x_embedder",
                "img_in",
                "time_embed.timestep_embedder_r.linear_1",
                "time_r_in.mlp.0",
                "time_embed.timestep_embedder_r.linear_2",
                "time_r_in.mlp.2",
                "time_embed.timestep_embedder.linear_1",
                "time_in.mlp.0",
                "time_embed.timestep_embedder.linear_2",
                "time_in.mlp.2",
                "context_embedder_2.norm",
                "byt5_in.layernorm",
                "context_embedder_2.linear_",
                "byt5_in.fc",
                "image_embedder.norm_in",
                "vision_in.proj.0",
                "image_embedder.linear_1",
                "vision_in.proj.1",
                "image_embedder.linear_2",
                "vision_in.proj.3",
                "image_embedder.norm_out",
                "vision_in.proj.4",
                "cond_type_embed",
                "cond_type_embedding",
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
                "attn.to_q",
                "img_attn_q",
                "attn.to_k",
                "img_attn_k",
                "attn.to_v",
                "img_attn_v",
                "attn.add_q_proj",
                "txt_attn_q",
                "attn.add_k_proj",
                "txt_attn_k",
                "attn.add_v_proj",
                "txt_attn_v",
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

    /** As ComfyUI saves what it read of {@link #transformer}. */
    static Map<String, Tensor> comfy(Map<String, Tensor> original) {
        Map<String, Tensor> joined = new TreeMap<>();
        original.forEach((name, tensor) ->
                joined.put(name.replaceAll("(img|txt)_attn_([qkv])\\.", "$1_attn.$2."), tensor));
        for (String stream : new String[] {"img_attn", "txt_attn"}) {
            join(joined, stream + ".q", stream + ".qkv", ".*", stream + ".k", stream + ".v");
        }
        return renamed(
                joined,
                "t_embedder.mlp.0.",
                "t_embedder.in_layer.",
                "t_embedder.mlp.2.",
                "t_embedder.out_layer.",
                "c_embedder.linear_1.",
                "c_embedder.in_layer.",
                "c_embedder.linear_2.",
                "c_embedder.out_layer.",
                "_mod.linear.",
                "_mod.lin.",
                "self_attn_qkv.",
                "self_attn.qkv.",
                "mlp.fc1.",
                "mlp.0.",
                "mlp.fc2.",
                "mlp.2.",
                "_attn_q_norm.weight",
                "_attn.norm.query_norm.scale",
                "_attn_k_norm.weight",
                "_attn.norm.key_norm.scale",
                "_attn_proj.",
                "_attn.proj.",
                "_in.mlp.0.",
                "_in.in_layer.",
                "_in.mlp.2.",
                "_in.out_layer.");
    }

    static Map<String, Tensor> vae(Map<String, Tensor> weights) {
        return renamed(
                weights,
                "_blocks.",
                ".",
                ".resnets.",
                ".block.",
                "downsamplers.0",
                "downsample",
                "upsamplers.0",
                "upsample",
                "mid_block.block.0",
                "mid.block_1",
                "mid_block.block.1",
                "mid.block_2",
                "mid_block.attentions.0.to_",
                "mid.attn_1.",
                "mid_block.attentions.0",
                "mid.attn_1");
    }
}

package org.svgen.models.hunyuan;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.single.Layout;
import org.svgen.checkpoint.single.NameTable;
import org.svgen.checkpoint.single.PartNames;
import org.svgen.run.FamilyFiles.Found;
import org.svgen.tensor.Shape;

/**
 * What transformers of HunyuanVideo are called in the files of their makers, and in those that
 * ComfyUI saved. Both keep query, key and value in one tensor; the last norm has its shift before
 * its scale, which diffusers has the other way round.
 */
record HunyuanTransformerNames() implements PartNames {
    /** Names of the makers, and those of diffusers. */
    static final String ORIGINAL =
            """
            img_in.* -> x_embedder.*
            time_in.mlp.0.* -> time_text_embed.timestep_embedder.linear_1.*
            time_in.mlp.2.* -> time_text_embed.timestep_embedder.linear_2.*
            guidance_in.mlp.0.* -> time_text_embed.guidance_embedder.linear_1.*
            guidance_in.mlp.2.* -> time_text_embed.guidance_embedder.linear_2.*
            vector_in.in_layer.* -> time_text_embed.text_embedder.linear_1.*
            vector_in.out_layer.* -> time_text_embed.text_embedder.linear_2.*
            txt_in.input_embedder.* -> context_embedder.proj_in.*
            txt_in.t_embedder.mlp.0.* -> context_embedder.time_text_embed.timestep_embedder.linear_1.*
            txt_in.t_embedder.mlp.2.* -> context_embedder.time_text_embed.timestep_embedder.linear_2.*
            txt_in.c_embedder.* -> context_embedder.time_text_embed.text_embedder.*
            REFINER.self_attn_qkv.* -> REFINED.attn.to_q.* [0/3] | REFINED.attn.to_k.* [1/3] | REFINED.attn.to_v.* [2/3]
            REFINER.self_attn_proj.* -> REFINED.attn.to_out.0.*
            REFINER.mlp.fc1.* -> REFINED.ff.net.0.proj.*
            REFINER.mlp.fc2.* -> REFINED.ff.net.2.*
            REFINER.adaLN_modulation.1.* -> REFINED.norm_out.linear.*
            REFINER.* -> REFINED.*
            DOUBLE.img_attn_qkv.* -> TWO.attn.to_q.* [0/3] | TWO.attn.to_k.* [1/3] | TWO.attn.to_v.* [2/3]
            DOUBLE.txt_attn_qkv.* -> TWO.attn.add_q_proj.* [0/3] | TWO.attn.add_k_proj.* [1/3] | TWO.attn.add_v_proj.* [2/3]
            DOUBLE.img_attn_q_norm.* -> TWO.attn.norm_q.*
            DOUBLE.img_attn_k_norm.* -> TWO.attn.norm_k.*
            DOUBLE.txt_attn_q_norm.* -> TWO.attn.norm_added_q.*
            DOUBLE.txt_attn_k_norm.* -> TWO.attn.norm_added_k.*
            DOUBLE.img_attn_proj.* -> TWO.attn.to_out.0.*
            DOUBLE.txt_attn_proj.* -> TWO.attn.to_add_out.*
            DOUBLE.img_mod.linear.* -> TWO.norm1.linear.*
            DOUBLE.txt_mod.linear.* -> TWO.norm1_context.linear.*
            DOUBLE.img_mlp.fc1.* -> TWO.ff.net.0.proj.*
            DOUBLE.img_mlp.fc2.* -> TWO.ff.net.2.*
            DOUBLE.txt_mlp.fc1.* -> TWO.ff_context.net.0.proj.*
            DOUBLE.txt_mlp.fc2.* -> TWO.ff_context.net.2.*
            SINGLE.linear1.* -> ONE.attn.to_q.* [0/w] | ONE.attn.to_k.* [1/w] | ONE.attn.to_v.* [2/w] | ONE.proj_mlp.* [3+/w]
            SINGLE.linear2.* -> ONE.proj_out.*
            SINGLE.q_norm.* -> ONE.attn.norm_q.*
            SINGLE.k_norm.* -> ONE.attn.norm_k.*
            SINGLE.modulation.linear.* -> ONE.norm.linear.*
            final_layer.adaLN_modulation.1.* -> norm_out.linear.* [1,0/2]
            final_layer.linear.* -> proj_out.*
            """
                    .replace("REFINER", "txt_in.individual_token_refiner.blocks.#")
                    .replace("REFINED", "context_embedder.token_refiner.refiner_blocks.#")
                    .replace("DOUBLE", "double_blocks.#")
                    .replace("TWO", "transformer_blocks.#")
                    .replace("SINGLE", "single_blocks.#")
                    .replace("ONE", "single_transformer_blocks.#");

    /** The same in ComfyUI's spelling, where that differs. */
    private static final String COMFY =
            ORIGINAL.replace("time_in.mlp.0", "time_in.in_layer")
                    .replace("time_in.mlp.2", "time_in.out_layer")
                    .replace("guidance_in.mlp.0", "guidance_in.in_layer")
                    .replace("guidance_in.mlp.2", "guidance_in.out_layer")
                    .replace("t_embedder.mlp.0", "t_embedder.in_layer")
                    .replace("t_embedder.mlp.2", "t_embedder.out_layer")
                    .replace(
                            "txt_in.c_embedder.* -> context_embedder.time_text_embed.text_embedder.*",
                            """
                            txt_in.c_embedder.in_layer.* -> context_embedder.time_text_embed.text_embedder.linear_1.*
                            txt_in.c_embedder.out_layer.* -> context_embedder.time_text_embed.text_embedder.linear_2.*
                            """
                                    .strip())
                    .replace("_mod.linear", "_mod.lin")
                    .replace("modulation.linear", "modulation.lin")
                    .replace("mlp.fc1", "mlp.0")
                    .replace("mlp.fc2", "mlp.2")
                    .replace("img_attn_qkv", "img_attn.qkv")
                    .replace("txt_attn_qkv", "txt_attn.qkv")
                    .replace("img_attn_proj", "img_attn.proj")
                    .replace("txt_attn_proj", "txt_attn.proj")
                    .replace("self_attn_qkv", "self_attn.qkv")
                    .replace("self_attn_proj", "self_attn.proj")
                    .replaceAll("_attn_([qk])_norm\\.\\*", "_attn.norm.$1_norm.scale")
                    .replaceAll("(blocks\\.#)\\.([qk])_norm\\.\\*", "$1.norm.$2_norm.scale")
                    .replace(".q_norm.scale", ".query_norm.scale")
                    .replace(".k_norm.scale", ".key_norm.scale")
                    .replaceAll("(norm\\.(?:query|key)_norm\\.scale -> \\S+)\\.\\*", "$1.weight");

    private static final String REFINER = "txt_in.individual_token_refiner.blocks.0.";

    @Override
    public String component() {
        return "transformer";
    }

    @Override
    public String what() {
        return "a transformer of HunyuanVideo";
    }

    @Override
    public List<Layout> layouts() {
        return List.of(
                layout(
                        "the names of HunyuanVideo's makers",
                        "double_blocks.0.img_attn_qkv",
                        ORIGINAL),
                layout("ComfyUI's names", "double_blocks.0.img_attn.qkv", COMFY),
                Layout.diffusers(
                        "context_embedder.token_refiner.refiner_blocks.0.attn.to_q.weight",
                        "single_transformer_blocks.0.proj_mlp.weight"));
    }

    private static Layout layout(String name, String mark, String table) {
        return new Layout(
                name,
                List.of(mark + ".weight", REFINER + "adaLN_modulation.1.weight"),
                List.of("vision_in.proj.0.weight"), // HunyuanVideo-1.5
                shapes -> NameTable.of(table, width(shapes)));
    }

    private static int width(Map<String, Shape> tensors) {
        // Of a file in these names, or of a model that an adapter in these names is for.
        Shape bias = tensors.getOrDefault("img_in.proj.bias", tensors.get("x_embedder.proj.bias"));
        return bias == null || bias.rank() == 0 ? 0 : bias.size(0);
    }

    @Override
    public Map<String, Object> config(Map<String, Shape> weights, Config config) {
        Found found = new Found(weights, "", false);
        Map<String, Object> told = new LinkedHashMap<>();
        int headDim = config.positive("attention_head_dim", 128);
        told.put("num_attention_heads", found.size("x_embedder.proj.weight", 0) / headDim);
        told.put("in_channels", found.size("x_embedder.proj.weight", 1));
        told.put("num_layers", found.count("transformer_blocks"));
        told.put("num_single_layers", found.count("single_transformer_blocks"));
        told.put(
                "num_refiner_layers", found.count("context_embedder.token_refiner.refiner_blocks"));
        told.put("text_embed_dim", found.size("context_embedder.proj_in.weight", 1));
        told.put(
                "pooled_projection_dim",
                found.size("time_text_embed.text_embedder.linear_1.weight", 1));
        told.values().removeIf(Integer.valueOf(0)::equals);
        told.put(
                "guidance_embeds",
                weights.containsKey("time_text_embed.guidance_embedder.linear_1.weight"));
        return told;
    }
}

package org.svgen.models.hunyuan15;

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
 * What transformers of HunyuanVideo-1.5 are called in the files of their makers, and in those that
 * ComfyUI saved. The makers keep query, key and value apart but in the text's refiner, ComfyUI
 * nowhere; the last norm has its shift before its scale, which diffusers has the other way round.
 */
record Hunyuan15TransformerNames() implements PartNames {
    /** Names of the makers, and those of diffusers. */
    private static final String ORIGINAL =
            """
            img_in.* -> x_embedder.*
            time_in.mlp.0.* -> time_embed.timestep_embedder.linear_1.*
            time_in.mlp.2.* -> time_embed.timestep_embedder.linear_2.*
            time_r_in.mlp.0.* -> time_embed.timestep_embedder_r.linear_1.*
            time_r_in.mlp.2.* -> time_embed.timestep_embedder_r.linear_2.*
            cond_type_embedding.* -> cond_type_embed.*
            byt5_in.layernorm.* -> context_embedder_2.norm.*
            byt5_in.fc1.* -> context_embedder_2.linear_1.*
            byt5_in.fc2.* -> context_embedder_2.linear_2.*
            byt5_in.fc3.* -> context_embedder_2.linear_3.*
            vision_in.proj.0.* -> image_embedder.norm_in.*
            vision_in.proj.1.* -> image_embedder.linear_1.*
            vision_in.proj.3.* -> image_embedder.linear_2.*
            vision_in.proj.4.* -> image_embedder.norm_out.*
            txt_in.input_embedder.* -> context_embedder.proj_in.*
            txt_in.t_embedder.mlp.0.* -> context_embedder.time_text_embed.timestep_embedder.linear_1.*
            txt_in.t_embedder.mlp.2.* -> context_embedder.time_text_embed.timestep_embedder.linear_2.*
            txt_in.c_embedder.linear_1.* -> context_embedder.time_text_embed.text_embedder.linear_1.*
            txt_in.c_embedder.linear_2.* -> context_embedder.time_text_embed.text_embedder.linear_2.*
            REFINER.self_attn_qkv.* -> REFINED.attn.to_q.* [0/3] | REFINED.attn.to_k.* [1/3] | REFINED.attn.to_v.* [2/3]
            REFINER.self_attn_proj.* -> REFINED.attn.to_out.0.*
            REFINER.mlp.fc1.* -> REFINED.ff.net.0.proj.*
            REFINER.mlp.fc2.* -> REFINED.ff.net.2.*
            REFINER.adaLN_modulation.1.* -> REFINED.norm_out.linear.*
            REFINER.* -> REFINED.*
            FROM.img_attn_q.* -> TO.attn.to_q.*
            FROM.img_attn_k.* -> TO.attn.to_k.*
            FROM.img_attn_v.* -> TO.attn.to_v.*
            FROM.txt_attn_q.* -> TO.attn.add_q_proj.*
            FROM.txt_attn_k.* -> TO.attn.add_k_proj.*
            FROM.txt_attn_v.* -> TO.attn.add_v_proj.*
            FROM.img_attn_q_norm.* -> TO.attn.norm_q.*
            FROM.img_attn_k_norm.* -> TO.attn.norm_k.*
            FROM.txt_attn_q_norm.* -> TO.attn.norm_added_q.*
            FROM.txt_attn_k_norm.* -> TO.attn.norm_added_k.*
            FROM.img_attn_proj.* -> TO.attn.to_out.0.*
            FROM.txt_attn_proj.* -> TO.attn.to_add_out.*
            FROM.img_mod.linear.* -> TO.norm1.linear.*
            FROM.txt_mod.linear.* -> TO.norm1_context.linear.*
            FROM.img_mlp.fc1.* -> TO.ff.net.0.proj.*
            FROM.img_mlp.fc2.* -> TO.ff.net.2.*
            FROM.txt_mlp.fc1.* -> TO.ff_context.net.0.proj.*
            FROM.txt_mlp.fc2.* -> TO.ff_context.net.2.*
            final_layer.adaLN_modulation.1.* -> norm_out.linear.* [1,0/2]
            final_layer.linear.* -> proj_out.*
            """
                    .replace("REFINER", "txt_in.individual_token_refiner.blocks.#")
                    .replace("REFINED", "context_embedder.token_refiner.refiner_blocks.#")
                    .replace("FROM", "double_blocks.#")
                    .replace("TO", "transformer_blocks.#");

    private static final String JOINED =
            """
            double_blocks.#.img_attn.qkv.* -> TO.to_q.* [0/3] | TO.to_k.* [1/3] | TO.to_v.* [2/3]
            double_blocks.#.txt_attn.qkv.* -> TO.add_q_proj.* [0/3] | TO.add_k_proj.* [1/3] | TO.add_v_proj.* [2/3]
            """
                    .replace("TO", "transformer_blocks.#.attn");

    /** The same in ComfyUI's spelling, where that differs. */
    private static final String COMFY =
            JOINED
                    + ORIGINAL.replaceAll(
                                    "(?m)^double_blocks\\.#\\.(img|txt)_attn_[qkv]\\.\\*.*\\n", "")
                            .replace("time_in.mlp.0", "time_in.in_layer")
                            .replace("time_in.mlp.2", "time_in.out_layer")
                            .replace("time_r_in.mlp.0", "time_r_in.in_layer")
                            .replace("time_r_in.mlp.2", "time_r_in.out_layer")
                            .replace("t_embedder.mlp.0", "t_embedder.in_layer")
                            .replace("t_embedder.mlp.2", "t_embedder.out_layer")
                            .replace("c_embedder.linear_1", "c_embedder.in_layer")
                            .replace("c_embedder.linear_2", "c_embedder.out_layer")
                            .replace("_mod.linear", "_mod.lin")
                            .replace("mlp.fc1", "mlp.0")
                            .replace("mlp.fc2", "mlp.2")
                            .replace("_attn_proj", "_attn.proj")
                            .replace("self_attn_qkv", "self_attn.qkv")
                            .replaceAll(
                                    "_attn_([qk])_norm\\.\\* -> (\\S+)\\.\\*",
                                    "_attn.norm.$1_norm.scale -> $2.weight")
                            .replace(".q_norm.scale", ".query_norm.scale")
                            .replace(".k_norm.scale", ".key_norm.scale");

    private static final String PICTURES = "vision_in.proj.0.weight";

    @Override
    public String component() {
        return "transformer";
    }

    @Override
    public String what() {
        return "a transformer of HunyuanVideo-1.5";
    }

    @Override
    public List<Layout> layouts() {
        return List.of(
                new Layout(
                        "the names of HunyuanVideo-1.5's makers",
                        List.of("double_blocks.0.img_attn_q.weight", PICTURES),
                        _ -> NameTable.of(ORIGINAL, 0)),
                new Layout(
                        "ComfyUI's names",
                        List.of("double_blocks.0.img_attn.qkv.weight", PICTURES),
                        _ -> NameTable.of(COMFY, 0)),
                Layout.diffusers(
                        "context_embedder_2.norm.weight", "image_embedder.norm_in.weight"));
    }

    @Override
    public Map<String, Object> config(Map<String, Shape> weights, Config config) {
        Found found = new Found(weights, "", false);
        int headDim = config.positive("attention_head_dim", 128);
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("num_attention_heads", found.size("x_embedder.proj.weight", 0) / headDim);
        told.put("in_channels", found.size("x_embedder.proj.weight", 1));
        told.put("out_channels", found.size("proj_out.weight", 0));
        told.put("num_layers", found.count("transformer_blocks"));
        told.put(
                "num_refiner_layers", found.count("context_embedder.token_refiner.refiner_blocks"));
        told.put("text_embed_dim", found.size("context_embedder.proj_in.weight", 1));
        told.put("text_embed_2_dim", found.size("context_embedder_2.norm.weight", 0));
        told.put("image_embed_dim", found.size("image_embedder.norm_in.weight", 0));
        told.values().removeIf(Integer.valueOf(0)::equals);
        told.put(
                "use_meanflow",
                weights.containsKey("time_embed.timestep_embedder_r.linear_1.weight"));
        return told;
    }
}

package org.svgen.models.cogvideox;

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
 * What transformers of CogVideoX are called in the files of their makers, who trained them with
 * SwissArmyTransformer. One tensor holds what two norms of a block take: of twelve parts, the first
 * norm has the first three of each half.
 */
record CogVideoXTransformerNames() implements PartNames {
    /** Names of the makers, and those of diffusers. */
    static final String ORIGINAL =
            """
            time_embed.0.* -> time_embedding.linear_1.*
            time_embed.2.* -> time_embedding.linear_2.*
            ofs_embed.0.* -> ofs_embedding.linear_1.*
            ofs_embed.2.* -> ofs_embedding.linear_2.*
            mixins.patch_embed.* -> patch_embed.*
            mixins.pos_embed.pos_embedding -> patch_embed.pos_embedding
            mixins.pos_embed.freqs_sin -> nothing
            mixins.pos_embed.freqs_cos -> nothing
            mixins.final_layer.norm_final.* -> norm_out.norm.*
            mixins.final_layer.linear.* -> proj_out.*
            mixins.final_layer.adaLN_modulation.1.* -> norm_out.linear.*
            mixins.adaln_layer.adaLN_modulations.#.1.* -> transformer_blocks.#.norm1.linear.* [0,1,2,6,7,8/12] | transformer_blocks.#.norm2.linear.* [3,4,5,9,10,11/12]
            mixins.adaln_layer.query_layernorm_list.#.* -> transformer_blocks.#.attn1.norm_q.*
            mixins.adaln_layer.key_layernorm_list.#.* -> transformer_blocks.#.attn1.norm_k.*
            LAYER.attention.query_key_value.* -> BLOCK.attn1.to_q.* [0/3] | BLOCK.attn1.to_k.* [1/3] | BLOCK.attn1.to_v.* [2/3]
            LAYER.attention.dense.* -> BLOCK.attn1.to_out.0.*
            LAYER.mlp.dense_h_to_4h.* -> BLOCK.ff.net.0.proj.*
            LAYER.mlp.dense_4h_to_h.* -> BLOCK.ff.net.2.*
            LAYER.input_layernorm.* -> BLOCK.norm1.norm.*
            LAYER.post_attn1_layernorm.* -> BLOCK.norm2.norm.*
            LAYER.post_attention_layernorm.* -> BLOCK.norm2.norm.*
            transformer.final_layernorm.* -> norm_final.*
            transformer.word_embeddings.* -> nothing
            transformer.position_embeddings.* -> nothing
            transformer.embed_tokens.* -> nothing
            """
                    .replace("LAYER", "transformer.layers.#")
                    .replace("BLOCK", "transformer_blocks.#");

    @Override
    public String component() {
        return "transformer";
    }

    @Override
    public String what() {
        return "a transformer of CogVideoX";
    }

    @Override
    public List<Layout> layouts() {
        return List.of(
                new Layout(
                        "the names of CogVideoX's makers",
                        List.of(
                                "mixins.final_layer.adaLN_modulation.1.weight",
                                "transformer.layers.0.attention.query_key_value.weight"),
                        _ -> NameTable.of(ORIGINAL, 0)),
                Layout.diffusers(
                        "patch_embed.text_proj.weight",
                        "transformer_blocks.0.norm1.linear.weight",
                        "norm_final.weight"));
    }

    @Override
    public Map<String, Object> config(Map<String, Shape> weights, Config config) {
        Found found = new Found(weights, "", false);
        Map<String, Object> told = new LinkedHashMap<>();
        int width = found.size("norm_final.weight", 0);
        told.put("num_attention_heads", width / config.positive("attention_head_dim", 64));
        told.put("num_layers", found.count("transformer_blocks"));
        told.put("text_embed_dim", found.size("patch_embed.text_proj.weight", 1));
        told.put("time_embed_dim", found.size("time_embedding.linear_1.weight", 0));
        told.values().removeIf(Integer.valueOf(0)::equals);
        return told;
    }
}

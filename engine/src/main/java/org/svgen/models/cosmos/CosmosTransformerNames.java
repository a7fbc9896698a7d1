package org.svgen.models.cosmos;

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
 * What transformers of Cosmos 1.0 are called in the files of their makers, which ComfyUI reads as
 * they are. What only training needs is left out.
 */
record CosmosTransformerNames() implements PartNames {
    private static final String PARTS =
            """
            FROM.0.block.attn.to_q.0.* -> TO.attn1.to_q.*
            FROM.0.block.attn.to_q.1.* -> TO.attn1.norm_q.*
            FROM.0.block.attn.to_k.0.* -> TO.attn1.to_k.*
            FROM.0.block.attn.to_k.1.* -> TO.attn1.norm_k.*
            FROM.0.block.attn.to_v.0.* -> TO.attn1.to_v.*
            FROM.0.block.attn.to_out.0.* -> TO.attn1.to_out.0.*
            FROM.1.block.attn.to_q.0.* -> TO.attn2.to_q.*
            FROM.1.block.attn.to_q.1.* -> TO.attn2.norm_q.*
            FROM.1.block.attn.to_k.0.* -> TO.attn2.to_k.*
            FROM.1.block.attn.to_k.1.* -> TO.attn2.norm_k.*
            FROM.1.block.attn.to_v.0.* -> TO.attn2.to_v.*
            FROM.1.block.attn.to_out.0.* -> TO.attn2.to_out.0.*
            FROM.2.block.layer1.* -> TO.ff.net.0.proj.*
            FROM.2.block.layer2.* -> TO.ff.net.2.*
            FROM.0.adaLN_modulation.1.* -> TO.norm1.linear_1.*
            FROM.0.adaLN_modulation.2.* -> TO.norm1.linear_2.*
            FROM.1.adaLN_modulation.1.* -> TO.norm2.linear_1.*
            FROM.1.adaLN_modulation.2.* -> TO.norm2.linear_2.*
            FROM.2.adaLN_modulation.1.* -> TO.norm3.linear_1.*
            FROM.2.adaLN_modulation.2.* -> TO.norm3.linear_2.*
            x_embedder.proj.1.* -> patch_embed.proj.*
            extra_pos_embedder.* -> learnable_pos_embed.*
            t_embedder.1.* -> time_embed.t_embedder.*
            affline_norm.* -> time_embed.norm.*
            final_layer.adaLN_modulation.1.* -> norm_out.linear_1.*
            final_layer.adaLN_modulation.2.* -> norm_out.linear_2.*
            final_layer.linear.* -> proj_out.*
            logvar.* -> nothing
            pos_embedder.* -> nothing
            """
                    .replace("FROM", "blocks.block#.blocks")
                    .replace("TO", "transformer_blocks.#");

    /** As the makers save it, with the whole network below one name. */
    private static final String BELOW = PARTS.replaceAll("(?m)^", "net.");

    @Override
    public String component() {
        return "transformer";
    }

    @Override
    public String what() {
        return "a transformer of Cosmos 1.0";
    }

    @Override
    public List<Layout> layouts() {
        return List.of(
                makers("the names of Cosmos' makers", "", PARTS),
                makers("the names of Cosmos' makers below net", "net.", BELOW),
                Layout.diffusers("learnable_pos_embed.pos_emb_t", "time_embed.norm.weight"));
    }

    private static Layout makers(String name, String prefix, String lines) {
        return new Layout(
                name,
                List.of(
                        prefix + "blocks.block0.blocks.0.block.attn.to_q.0.weight",
                        prefix + "extra_pos_embedder.pos_emb_t"),
                _ -> NameTable.of(lines, 0));
    }

    @Override
    public Map<String, Object> config(Map<String, Shape> weights, Config config) {
        Found found = new Found(weights, "", false);
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("num_attention_heads", CosmosFiles.width(found) / headDim(found));
        told.put("attention_head_dim", headDim(found));
        told.put("num_layers", found.count("transformer_blocks"));
        told.put("text_embed_dim", found.size("transformer_blocks.0.attn2.to_k.weight", 1));
        told.put("adaln_lora_dim", found.size("norm_out.linear_1.weight", 0));
        told.values().removeIf(Integer.valueOf(0)::equals);
        return told;
    }

    private static int headDim(Found found) {
        return Math.max(1, found.size("transformer_blocks.0.attn1.norm_q.weight", 0));
    }
}

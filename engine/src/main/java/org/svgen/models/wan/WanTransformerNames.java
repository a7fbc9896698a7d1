package org.svgen.models.wan;

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
 * What transformers of Wan 2.1 and 2.2 are called in the files of their makers, which ComfyUI uses
 * too. The makers' third norm stands between the other two and is the second in diffusers.
 */
record WanTransformerNames(String component) implements PartNames {
    /** Names of the makers, and those of diffusers. */
    static final String ORIGINAL =
            """
            patch_embedding.* -> patch_embedding.*
            text_embedding.0.* -> condition_embedder.text_embedder.linear_1.*
            text_embedding.2.* -> condition_embedder.text_embedder.linear_2.*
            time_embedding.0.* -> condition_embedder.time_embedder.linear_1.*
            time_embedding.2.* -> condition_embedder.time_embedder.linear_2.*
            time_projection.1.* -> condition_embedder.time_proj.*
            img_emb.proj.0.* -> condition_embedder.image_embedder.norm1.*
            img_emb.proj.1.* -> condition_embedder.image_embedder.ff.net.0.proj.*
            img_emb.proj.3.* -> condition_embedder.image_embedder.ff.net.2.*
            img_emb.proj.4.* -> condition_embedder.image_embedder.norm2.*
            img_emb.emb_pos -> condition_embedder.image_embedder.pos_embed
            blocks.#.modulation -> blocks.#.scale_shift_table
            blocks.#.norm3.* -> blocks.#.norm2.*
            blocks.#.self_attn.q.* -> blocks.#.attn1.to_q.*
            blocks.#.self_attn.k.* -> blocks.#.attn1.to_k.*
            blocks.#.self_attn.v.* -> blocks.#.attn1.to_v.*
            blocks.#.self_attn.o.* -> blocks.#.attn1.to_out.0.*
            blocks.#.self_attn.norm_q.* -> blocks.#.attn1.norm_q.*
            blocks.#.self_attn.norm_k.* -> blocks.#.attn1.norm_k.*
            blocks.#.cross_attn.q.* -> blocks.#.attn2.to_q.*
            blocks.#.cross_attn.k.* -> blocks.#.attn2.to_k.*
            blocks.#.cross_attn.v.* -> blocks.#.attn2.to_v.*
            blocks.#.cross_attn.o.* -> blocks.#.attn2.to_out.0.*
            blocks.#.cross_attn.norm_q.* -> blocks.#.attn2.norm_q.*
            blocks.#.cross_attn.norm_k.* -> blocks.#.attn2.norm_k.*
            blocks.#.cross_attn.k_img.* -> blocks.#.attn2.add_k_proj.*
            blocks.#.cross_attn.v_img.* -> blocks.#.attn2.add_v_proj.*
            blocks.#.cross_attn.norm_k_img.* -> blocks.#.attn2.norm_added_k.*
            blocks.#.ffn.0.* -> blocks.#.ffn.net.0.proj.*
            blocks.#.ffn.2.* -> blocks.#.ffn.net.2.*
            head.modulation -> scale_shift_table
            head.head.* -> proj_out.*
            """;

    private static final String EMBEDDER = "condition_embedder.image_embedder.";

    @Override
    public String what() {
        return "a transformer of Wan";
    }

    @Override
    public List<Layout> layouts() {
        return List.of(
                new Layout(
                        "the names of Wan's makers",
                        List.of(
                                "head.modulation",
                                "patch_embedding.weight",
                                "time_projection.1.weight"),
                        _ -> NameTable.of(ORIGINAL, 0)),
                Layout.diffusers(
                        "scale_shift_table",
                        "patch_embedding.weight",
                        "condition_embedder.time_proj.weight"));
    }

    @Override
    public Map<String, Object> config(Map<String, Shape> weights, Config config) {
        Found found = new Found(weights, "", false);
        int width = found.size("patch_embedding.weight", 0);
        int patch = patch(weights);
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("num_layers", found.count("blocks"));
        told.put("num_attention_heads", width / config.positive("attention_head_dim", 128));
        told.put("in_channels", found.size("patch_embedding.weight", 1));
        told.put("out_channels", found.size("proj_out.weight", 0) / patch);
        told.put("ffn_dim", found.size("blocks.0.ffn.net.0.proj.weight", 0));
        told.put("text_dim", found.size("condition_embedder.text_embedder.linear_1.weight", 1));
        told.put("freq_dim", found.size("condition_embedder.time_embedder.linear_1.weight", 1));
        if (weights.containsKey(EMBEDDER + "norm1.weight")) {
            told.put("image_dim", found.size(EMBEDDER + "norm1.weight", 0));
            told.put("added_kv_proj_dim", width);
        }
        if (weights.containsKey(EMBEDDER + "pos_embed")) {
            told.put("pos_embed_seq_len", found.size(EMBEDDER + "pos_embed", 1));
        }
        // What is not there, or of no size, is left to be found missing by its name.
        told.values().removeIf(Integer.valueOf(0)::equals);
        return told;
    }

    /** Values of a patch of one channel. */
    private static int patch(Map<String, Shape> weights) {
        Shape patch = weights.get("patch_embedding.weight");
        return patch == null || patch.rank() != 5
                ? 1
                : Math.max(1, patch.size(2) * patch.size(3) * patch.size(4));
    }
}

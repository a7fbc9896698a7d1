package org.svgen.text;

import java.util.List;
import org.svgen.checkpoint.single.Layout;
import org.svgen.checkpoint.single.NameTable;
import org.svgen.checkpoint.single.PartNames;

/**
 * What T5 and UMT5 encoders are called in single files.
 *
 * @param component that the encoder is
 * @param each every block has positions of its own, as in UMT5
 */
public record T5Names(String component, boolean each) implements PartNames {
    /** Of Wan's makers. */
    private static final String WAN =
            """
            token_embedding.* -> shared.*
            norm.* -> encoder.final_layer_norm.*
            blocks.#.norm1.* -> encoder.block.#.layer.0.layer_norm.*
            blocks.#.attn.q.* -> encoder.block.#.layer.0.SelfAttention.q.*
            blocks.#.attn.k.* -> encoder.block.#.layer.0.SelfAttention.k.*
            blocks.#.attn.v.* -> encoder.block.#.layer.0.SelfAttention.v.*
            blocks.#.attn.o.* -> encoder.block.#.layer.0.SelfAttention.o.*
            blocks.#.pos_embedding.embedding.* -> encoder.block.#.layer.0.SelfAttention.relative_attention_bias.*
            blocks.#.norm2.* -> encoder.block.#.layer.1.layer_norm.*
            blocks.#.ffn.gate.0.* -> encoder.block.#.layer.1.DenseReluDense.wi_0.*
            blocks.#.ffn.fc1.* -> encoder.block.#.layer.1.DenseReluDense.wi_1.*
            blocks.#.ffn.fc2.* -> encoder.block.#.layer.1.DenseReluDense.wo.*
            """;

    /** Of llama.cpp, in GGUF files. */
    private static final String LLAMA_CPP =
            """
            token_embd.* -> shared.*
            enc.output_norm.* -> encoder.final_layer_norm.*
            enc.blk.#.attn_norm.* -> encoder.block.#.layer.0.layer_norm.*
            enc.blk.#.attn_q.* -> encoder.block.#.layer.0.SelfAttention.q.*
            enc.blk.#.attn_k.* -> encoder.block.#.layer.0.SelfAttention.k.*
            enc.blk.#.attn_v.* -> encoder.block.#.layer.0.SelfAttention.v.*
            enc.blk.#.attn_o.* -> encoder.block.#.layer.0.SelfAttention.o.*
            enc.blk.#.attn_rel_b.* -> encoder.block.#.layer.0.SelfAttention.relative_attention_bias.*
            enc.blk.#.ffn_norm.* -> encoder.block.#.layer.1.layer_norm.*
            enc.blk.#.ffn_gate.* -> encoder.block.#.layer.1.DenseReluDense.wi_0.*
            enc.blk.#.ffn_up.* -> encoder.block.#.layer.1.DenseReluDense.wi_1.*
            enc.blk.#.ffn_down.* -> encoder.block.#.layer.1.DenseReluDense.wo.*
            """;

    /** ComfyUI puts the tokenizer beside the weights; the model's own is used here. */
    private static final String HUGGING_FACE =
            """
            spiece_model -> nothing
            logit_scale -> nothing
            * -> *
            """;

    @Override
    public String what() {
        return each ? "an UMT5 encoder" : "a T5 encoder";
    }

    @Override
    public List<Layout> layouts() {
        return List.of(
                layout(
                        "the names of transformers",
                        HUGGING_FACE,
                        "encoder.block.#.layer.0.SelfAttention.relative_attention_bias.weight"),
                layout("the names of Wan's makers", WAN, "blocks.#.pos_embedding.embedding.weight"),
                layout("the names of llama.cpp", LLAMA_CPP, "enc.blk.#.attn_rel_b.weight"));
    }

    /** Only UMT5 has a second block with positions; a file with it is no T5. */
    private Layout layout(String name, String table, String positions) {
        String second = positions.replace("#", "1");
        return each
                ? new Layout(name, List.of(second), _ -> NameTable.of(table, 0))
                : new Layout(
                        name,
                        List.of(positions.replace("#", "0")),
                        List.of(second),
                        _ -> NameTable.of(table, 0));
    }
}

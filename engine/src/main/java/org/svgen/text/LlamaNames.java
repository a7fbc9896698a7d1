package org.svgen.text;

import java.util.List;
import java.util.Map;
import org.svgen.checkpoint.single.Layout;
import org.svgen.checkpoint.single.NameTable;
import org.svgen.checkpoint.single.PartNames;

/**
 * What Llama encoders are called in single files. ComfyUI's have the names of a whole language
 * model, whose last layer no encoder needs.
 *
 * @param component that the encoder is
 */
public record LlamaNames(String component) implements PartNames {
    private static final String HUGGING_FACE =
            """
            lm_head.* -> nothing
            * -> *
            """;

    /** Of llama.cpp, in GGUF files. */
    private static final String LLAMA_CPP =
            """
            output.* -> nothing
            token_embd.* -> embed_tokens.*
            output_norm.* -> norm.*
            blk.#.attn_norm.* -> layers.#.input_layernorm.*
            blk.#.attn_q.* -> layers.#.self_attn.q_proj.*
            blk.#.attn_k.* -> layers.#.self_attn.k_proj.*
            blk.#.attn_v.* -> layers.#.self_attn.v_proj.*
            blk.#.attn_output.* -> layers.#.self_attn.o_proj.*
            blk.#.ffn_norm.* -> layers.#.post_attention_layernorm.*
            blk.#.ffn_gate.* -> layers.#.mlp.gate_proj.*
            blk.#.ffn_up.* -> layers.#.mlp.up_proj.*
            blk.#.ffn_down.* -> layers.#.mlp.down_proj.*
            """;

    private static final Layout.Facts FACTS =
            new Layout.Facts(
                    Map.of(LlamaConfig.PAIRED, true),
                    Map.of(
                            "llama.attention.head_count", "num_attention_heads",
                            "llama.attention.head_count_kv", "num_key_value_heads",
                            "llama.block_count", "num_hidden_layers"));

    @Override
    public String what() {
        return "a Llama encoder";
    }

    @Override
    public List<Layout> layouts() {
        return List.of(
                new Layout(
                        "the names of transformers",
                        List.of(
                                "layers.0.post_attention_layernorm.weight",
                                "embed_tokens.weight",
                                "layers.0.mlp.gate_proj.weight"),
                        _ -> NameTable.of(HUGGING_FACE, 0)),
                new Layout(
                        "the names of llama.cpp",
                        List.of(
                                "blk.0.attn_q.weight",
                                "token_embd.weight",
                                "blk.0.ffn_gate.weight"),
                        List.of(),
                        _ -> NameTable.of(LLAMA_CPP, 0),
                        FACTS));
    }
}

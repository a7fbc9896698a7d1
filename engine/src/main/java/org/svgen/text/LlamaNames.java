package org.svgen.text;

import java.util.List;
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
                        _ -> NameTable.of(HUGGING_FACE, 0)));
    }
}

package org.svgen.text;

import java.util.List;
import org.svgen.checkpoint.single.Layout;
import org.svgen.checkpoint.single.PartNames;

/**
 * What CLIP's text encoders are called in single files: all have the names of transformers.
 *
 * @param component that the encoder is
 */
public record ClipNames(String component) implements PartNames {
    @Override
    public String what() {
        return "a CLIP text encoder";
    }

    @Override
    public List<Layout> layouts() {
        return List.of(
                Layout.diffusers(
                        "embeddings.token_embedding.weight",
                        "encoder.layers.0.self_attn.q_proj.weight"));
    }
}

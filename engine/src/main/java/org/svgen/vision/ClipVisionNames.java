package org.svgen.vision;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.single.Layout;
import org.svgen.checkpoint.single.NameTable;
import org.svgen.checkpoint.single.PartNames;
import org.svgen.tensor.Shape;

/**
 * What CLIP's vision encoders are called in single files: those that ComfyUI has are in the names
 * of transformers.
 *
 * @param component that the encoder is
 */
public record ClipVisionNames(String component) implements PartNames {
    private static final String PLACES = "embeddings.position_embedding.weight";
    private static final String PATCHES = "embeddings.patch_embedding.weight";
    private static final String LAYER = "encoder.layers.";

    /** Some files keep the numbers of the places beside their weights. */
    private static final String TABLE =
            """
            embeddings.position_ids -> nothing
            * -> *
            """;

    @Override
    public String what() {
        return "a CLIP vision encoder";
    }

    @Override
    public List<Layout> layouts() {
        return List.of(
                new Layout(
                        "the names of transformers",
                        List.of("embeddings.class_embedding", PATCHES, PLACES),
                        _ -> NameTable.of(TABLE, 0)));
    }

    @Override
    public Map<String, Object> config(Map<String, Shape> weights, Config config) {
        Map<String, Object> told = new LinkedHashMap<>();
        Shape places = weights.get(PLACES);
        Shape patches = weights.get(PATCHES);
        Shape inner = weights.get(LAYER + "0.mlp.fc1.weight");
        if (places != null && places.rank() == 2 && patches != null && patches.rank() == 4) {
            int side = (int) Math.round(Math.sqrt(places.size(0) - 1));
            told.put("hidden_size", places.size(1));
            told.put("patch_size", patches.size(2));
            told.put("image_size", side * patches.size(2));
        }
        if (inner != null && inner.rank() == 2) {
            told.put("intermediate_size", inner.size(0));
        }
        told.put("num_hidden_layers", layers(weights));
        // What is not there, or of no size, is left to be found missing by its name.
        told.values().removeIf(Integer.valueOf(0)::equals);
        return told;
    }

    private static int layers(Map<String, Shape> weights) {
        int layers = 0;
        while (weights.containsKey(LAYER + layers + ".layer_norm1.weight")) {
            layers++;
        }
        return layers;
    }
}

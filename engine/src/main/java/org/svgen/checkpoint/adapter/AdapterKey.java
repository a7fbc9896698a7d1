package org.svgen.checkpoint.adapter;

import java.util.List;
import java.util.Optional;
import org.svgen.checkpoint.single.TensorFile;

/**
 * The name of a tensor in an adapter: what it changes, and by which part of a change.
 *
 * @param tensor its whole name
 * @param layer what is changed, as the adapter calls it
 * @param underscored dots of the layer's name were made underscores
 * @param part of the change
 */
record AdapterKey(String tensor, String layer, boolean underscored, Part part) {
    /** Parts of changes. */
    enum Part {
        /** A matrix [rank, in]. */
        DOWN(".lora_down.weight", ".lora_A.weight", ".lora_A.default.weight"),
        /** A matrix [out, rank]. */
        UP(".lora_up.weight", ".lora_B.weight", ".lora_B.default.weight"),
        /** A number by whose share in the rank the product counts. */
        ALPHA(".alpha"),
        /** What is added to a weight. */
        DIFFERENCE(".diff"),
        /** What is added to a bias. */
        BIAS(".diff_b", ".lora_B.bias");

        private final List<String> ends;

        Part(String... ends) {
            this.ends = List.of(ends);
        }
    }

    private static final String KOHYA = "lora_unet_";

    /** What stands before names of layers; the longest first. */
    private static final List<String> PREFIXES =
            List.of(
                    "base_model.model.",
                    "model.diffusion_model.",
                    "diffusion_model.",
                    "transformer.",
                    "unet.");

    /** What a tensor is; empty if no adapter that we know has one of that name. */
    static Optional<AdapterKey> of(String tensor) {
        for (Part part : Part.values()) {
            for (String end : part.ends) {
                if (tensor.endsWith(end)) {
                    String layer = tensor.substring(0, tensor.length() - end.length());
                    return Optional.of(of(tensor, layer, part));
                }
            }
        }
        return Optional.empty();
    }

    private static AdapterKey of(String tensor, String layer, Part part) {
        if (layer.startsWith(KOHYA)) {
            return new AdapterKey(tensor, layer.substring(KOHYA.length()), true, part);
        }
        return PREFIXES.stream()
                .filter(layer::startsWith)
                .findFirst()
                .map(prefix ->
                        new AdapterKey(tensor, layer.substring(prefix.length()), false, part))
                .orElseGet(() -> new AdapterKey(tensor, layer, false, part));
    }

    /** True if a file seems to be an adapter. */
    static boolean inAny(TensorFile file) {
        return file.shapes().keySet().stream().anyMatch(name -> of(name).isPresent());
    }
}

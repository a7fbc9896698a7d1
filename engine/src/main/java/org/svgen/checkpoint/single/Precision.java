package org.svgen.checkpoint.single;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.svgen.checkpoint.StoredTensor;
import org.svgen.tensor.Shape;

/**
 * What the numbers of a file are stored in.
 *
 * @param types of tensors with their amounts, the largest first
 * @param scales how the scales of 8-bit weights are laid out, in words; empty if there are none
 */
public record Precision(Map<String, Amount> types, String scales) {
    private static final double MOST = 0.9;

    /** Keeps a copy of the types. */
    public Precision {
        Objects.requireNonNull(types, "types");
        Objects.requireNonNull(scales, "scales");
        types = Collections.unmodifiableMap(new LinkedHashMap<>(types));
    }

    /**
     * How much there is of a type.
     *
     * @param tensors their number
     * @param bytes that they take in the file
     */
    public record Amount(int tensors, long bytes) {
        /**
         * {@return both together}
         *
         * @param other another amount
         */
        public Amount and(Amount other) {
            Objects.requireNonNull(other, "other");
            return new Amount(tensors + other.tensors, bytes + other.bytes);
        }
    }

    /**
     * {@return what the header of a file says}
     *
     * @param tensors by name
     * @param keys of its texts
     */
    public static Precision of(Map<String, StoredTensor> tensors, Set<String> keys) {
        Objects.requireNonNull(tensors, "tensors");
        Objects.requireNonNull(keys, "keys");
        Map<String, Amount> amounts = new LinkedHashMap<>();
        tensors.values()
                .forEach(t -> amounts.merge(t.type(), new Amount(1, t.bytes()), Amount::and));
        Map<String, Amount> sorted = new LinkedHashMap<>();
        amounts.entrySet().stream()
                .sorted((a, b) -> Long.compare(b.getValue().bytes(), a.getValue().bytes()))
                .forEach(e -> sorted.put(e.getKey(), e.getValue()));
        return new Precision(sorted, scales(tensors, keys));
    }

    /** {@return how many tensors there are} */
    public int tensors() {
        return types.values().stream().mapToInt(Amount::tensors).sum();
    }

    /** {@return what most is stored in: {@code bf16}, {@code Q4_K and Q6_K}, with its scales} */
    public String words() {
        long all = types.values().stream().mapToLong(Amount::bytes).sum();
        StringBuilder words = new StringBuilder();
        long said = 0;
        for (Map.Entry<String, Amount> type : types.entrySet()) {
            words.append(words.isEmpty() ? "" : " and ").append(type.getKey());
            said += type.getValue().bytes();
            if (said >= MOST * all) {
                break;
            }
        }
        return scales.isEmpty() ? words.toString() : words + ", " + scales;
    }

    private static String scales(Map<String, StoredTensor> tensors, Set<String> keys) {
        boolean eight = tensors.values().stream().anyMatch(t -> t.type().startsWith("f8_"));
        if (has(tensors, ".weight_scale_2") || has(tensors, ".weight_global_scale")) {
            return "several scales for a tensor, which are not supported";
        }
        if (has(tensors, ".scale_weight")) {
            return "a scale for each tensor, ComfyUI's older layout";
        }
        if (has(tensors, ".weight_scale")) {
            if (ofRows(tensors)) {
                return "a scale for each row, LightX2V's layout";
            }
            boolean comfy = has(tensors, ".comfy_quant") || keys.contains("_quantization_metadata");
            return "a scale for each tensor, %s layout"
                    .formatted(comfy ? "ComfyUI's newer" : "ModelOpt's");
        }
        return eight ? "without scales" : "";
    }

    private static boolean has(Map<String, StoredTensor> tensors, String end) {
        return tensors.keySet().stream().anyMatch(name -> name.endsWith(end));
    }

    private static boolean ofRows(Map<String, StoredTensor> tensors) {
        return tensors.entrySet().stream()
                .filter(e -> e.getKey().endsWith(".weight_scale"))
                .map(e -> e.getValue().shape())
                .map(Shape::elements)
                .anyMatch(elements -> elements > 1);
    }
}

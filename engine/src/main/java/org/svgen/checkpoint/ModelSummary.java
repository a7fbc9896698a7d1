package org.svgen.checkpoint;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.SafeTensorsHeader.Entry;
import org.svgen.tensor.BadInputException;

/**
 * What a checkpoint consists of, from its configs and headers, without reading weights.
 *
 * @param name the name
 * @param pipelineClass a class name of diffusers
 * @param parts its components
 */
public record ModelSummary(String name, String pipelineClass, List<Part> parts) {
    /** The keys in which models of one class differ, in the order to show them. */
    private static final List<String> KEYS =
            List.of(
                    "num_layers",
                    "num_single_layers",
                    "num_refiner_layers",
                    "guidance_embeds",
                    "num_attention_heads",
                    "attention_head_dim",
                    "in_channels",
                    "out_channels",
                    "patch_size",
                    "patch_size_t",
                    "sample_frames",
                    "sample_height",
                    "sample_width",
                    "max_text_seq_length",
                    "use_rotary_positional_embeddings",
                    "use_learned_positional_embeddings",
                    "ofs_embed_dim",
                    "latent_channels",
                    "block_out_channels",
                    "temporal_compression_ratio",
                    "scaling_factor",
                    "invert_scale_latents",
                    "d_model",
                    "hidden_size",
                    "num_hidden_layers",
                    "num_key_value_heads",
                    "d_ff",
                    "num_heads",
                    "vocab_size",
                    "model_max_length",
                    "prediction_type",
                    "timestep_spacing",
                    "rescale_betas_zero_snr",
                    "snr_shift_scale",
                    "shift",
                    "flow_shift");

    /**
     * A component.
     *
     * @param name the name
     * @param library the Python library that has the class
     * @param className the class in it
     * @param parameters elements of all its tensors
     * @param bytes of all its tensors
     * @param tensors how many there are of each type
     * @param config values in which models of its class differ, as JSON
     */
    public record Part(
            String name,
            String library,
            String className,
            long parameters,
            long bytes,
            Map<StoredType, Integer> tensors,
            Map<String, String> config) {}

    /**
     * Reads configs and headers.
     *
     * @param checkpoint the model
     * @return the summary
     * @throws BadInputException if a config or a header is missing or damaged
     */
    public static ModelSummary of(Checkpoint checkpoint) {
        return of(checkpoint, false);
    }

    /**
     * {@return the same of a checkpoint that may be damaged, without what cannot be read of it}
     *
     * @param checkpoint the model
     */
    public static ModelSummary ofReadable(Checkpoint checkpoint) {
        return of(checkpoint, true);
    }

    private static ModelSummary of(Checkpoint checkpoint, boolean lenient) {
        List<Part> parts = new ArrayList<>();
        checkpoint.components().forEach((name, c) -> parts.add(part(checkpoint, name, c, lenient)));
        return new ModelSummary(checkpoint.name(), checkpoint.pipelineClass(), List.copyOf(parts));
    }

    /** {@return elements of all tensors} */
    public long parameters() {
        return parts.stream().mapToLong(Part::parameters).sum();
    }

    /** {@return bytes of all tensors} */
    public long bytes() {
        return parts.stream().mapToLong(Part::bytes).sum();
    }

    private static Part part(
            Checkpoint checkpoint, String name, Checkpoint.Component component, boolean lenient) {
        Map<StoredType, Integer> types = new EnumMap<>(StoredType.class);
        long parameters = 0;
        long bytes = 0;
        SafeTensors tensors =
                checkpoint.hasWeights(name) ? read(() -> checkpoint.tensors(name), lenient) : null;
        if (tensors != null) {
            for (String key : tensors.names()) {
                Entry tensor = tensors.entry(key).orElseThrow();
                types.merge(tensor.type(), 1, Integer::sum);
                parameters += tensor.shape().elements();
                bytes += tensor.bytes();
            }
        }
        Config config = read(() -> checkpoint.config(name), lenient);
        return new Part(
                name,
                component.library(),
                component.className(),
                parameters,
                bytes,
                types,
                config == null ? Map.of() : keyValues(config));
    }

    private static <T> @Nullable T read(Supplier<T> reading, boolean lenient) {
        try {
            return reading.get();
        } catch (BadInputException e) {
            if (lenient) {
                return null;
            }
            throw e;
        }
    }

    private static Map<String, String> keyValues(Config config) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String key : KEYS) {
            config.shown(key).ifPresent(value -> values.put(key, value));
        }
        return values;
    }
}

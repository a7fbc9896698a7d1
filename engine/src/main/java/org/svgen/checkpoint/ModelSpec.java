package org.svgen.checkpoint;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * How a model is opened: where it lies, where the numbers of its weights come from, and what is
 * done to them on their way to the model.
 *
 * @param folder of the model in diffusers' layout
 * @param numbers where the numbers of its weights come from
 * @param changes made to weights one after the other, before any are rounded to the type of a
 *     model's activations
 * @param parts components that lie outside the folder, by name
 * @param adapters that are merged behind those changes, one after the other
 */
public record ModelSpec(
        Path folder,
        Numbers numbers,
        List<Change> changes,
        Map<String, PartFile> parts,
        List<AdapterFile> adapters) {
    /** Keeps copies of lists and maps. */
    public ModelSpec {
        Objects.requireNonNull(folder, "folder");
        Objects.requireNonNull(numbers, "numbers");
        changes = List.copyOf(changes);
        parts = Collections.unmodifiableMap(new LinkedHashMap<>(parts));
        adapters = List.copyOf(adapters);
    }

    /** Where numbers come from. */
    public sealed interface Numbers {
        /** The model's files. */
        record Files() implements Numbers {}

        /** Nobody: weights are random and none need be there, to measure a model without them. */
        record Synthetic() implements Numbers {}

        /**
         * Files that are cut behind their headers: enough to plan with, see {@link WeightCount},
         * and not to compute.
         *
         * @param sizes of the whole files of weights
         */
        record Headers(Map<Path, Long> sizes) implements Numbers {
            /** Keeps a copy of the sizes. */
            public Headers {
                sizes = Map.copyOf(sizes);
            }
        }
    }

    /** Something that is done to a model's weights: an adapter, a way to store fewer bits. */
    @FunctionalInterface
    public interface Change {
        /**
         * {@return the weights of a component as they are with this change; themselves if it is
         * about another component}
         *
         * @param component such as transformer or vae
         * @param stored its weights without this change
         */
        StoredWeights of(String component, StoredWeights stored);
    }

    /**
     * {@return a model as it lies in a folder}
     *
     * @param folder a model's folder in diffusers' layout
     */
    public static ModelSpec of(Path folder) {
        return new ModelSpec(folder, new Numbers.Files(), List.of(), Map.of(), List.of());
    }

    /**
     * {@return a model with random weights, of which none need be there}
     *
     * @param folder a model's folder in diffusers' layout
     */
    public static ModelSpec synthetic(Path folder) {
        return new ModelSpec(folder, new Numbers.Synthetic(), List.of(), Map.of(), List.of());
    }

    /**
     * {@return a model to plan with, whose files of weights are cut behind their headers}
     *
     * @param folder a model's folder in diffusers' layout
     * @param sizes of the whole files of weights, by their names in the folder
     */
    public static ModelSpec headers(Path folder, Map<String, Long> sizes) {
        Map<Path, Long> byPath = new LinkedHashMap<>();
        sizes.forEach((name, size) -> byPath.put(folder.resolve(name), size));
        return new ModelSpec(folder, new Numbers.Headers(byPath), List.of(), Map.of(), List.of());
    }

    /**
     * {@return the same with another change, made behind those that are there}
     *
     * @param change what is done to the weights
     */
    public ModelSpec with(Change change) {
        List<Change> more = new ArrayList<>(changes);
        more.add(change);
        return new ModelSpec(folder, numbers, more, parts, adapters);
    }

    /**
     * {@return the same with components that lie outside the folder}
     *
     * @param outside by the names that {@code model_index.json} gives them
     */
    public ModelSpec with(Map<String, PartFile> outside) {
        Map<String, PartFile> more = new LinkedHashMap<>(parts);
        more.putAll(outside);
        return new ModelSpec(folder, numbers, changes, more, adapters);
    }

    /**
     * {@return the same with adapters}
     *
     * @param more merged behind those that are there
     */
    public ModelSpec with(List<? extends AdapterFile> more) {
        List<AdapterFile> all = new ArrayList<>(adapters);
        all.addAll(more);
        return new ModelSpec(folder, numbers, changes, parts, all);
    }

    /**
     * {@return the same with other adapters in place of its own}
     *
     * @param others merged one after the other
     */
    public ModelSpec adapted(List<? extends AdapterFile> others) {
        return new ModelSpec(folder, numbers, changes, parts, List.copyOf(others));
    }

    /** {@return what people call the model} */
    public String name() {
        return adapters.stream()
                .map(adapter -> " + " + adapter.words())
                .collect(Collectors.joining("", model(), ""));
    }

    private String model() {
        String base = Checkpoint.nameOf(folder);
        return parts.isEmpty()
                ? base
                : parts.values().stream()
                        .map(part -> String.valueOf(part.files().getFirst().getFileName()))
                        .distinct()
                        .collect(Collectors.joining(" + ", "", " with the rest of " + base));
    }

    /** The weights of a component with all changes. */
    StoredWeights changed(String component, StoredWeights stored) {
        StoredWeights changed = stored;
        for (Change change : changes) {
            changed = change.of(component, changed);
        }
        return changed;
    }
}

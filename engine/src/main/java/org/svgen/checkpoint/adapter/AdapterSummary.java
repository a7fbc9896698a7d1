package org.svgen.checkpoint.adapter;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.svgen.checkpoint.StoredWeight;
import org.svgen.checkpoint.adapter.AdapterKey.Part;
import org.svgen.checkpoint.single.PartNames;
import org.svgen.checkpoint.single.TensorFile;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Shape;

/**
 * What an adapter is, told without the model that it is for.
 *
 * @param spelling whose names its tensors have
 * @param target what it seems to be for, such as {@code a transformer of Wan}; empty where no name
 *     says it
 * @param ranks of its products
 * @param alphas by whose share in the rank products count; none where they count as they are
 * @param products how many weights are changed by a product
 * @param differences how many weights and biases are changed by all their numbers
 * @param modules what is changed, with a number sign for the number of a block, and how many
 * @param unknown tensors that are no part of an adapter
 */
public record AdapterSummary(
        String spelling,
        String target,
        List<Long> ranks,
        List<Double> alphas,
        int products,
        int differences,
        Map<String, Integer> modules,
        int unknown) {
    /** The number of a block, between dots or underscores. */
    private static final String NUMBER = "(?<=[._])\\d+(?=[._]|$)";

    /** Keeps copies of the collections. */
    public AdapterSummary {
        ranks = List.copyOf(ranks);
        alphas = List.copyOf(alphas);
        modules = Collections.unmodifiableMap(new TreeMap<>(modules));
    }

    /**
     * {@return what the header of a file says; nothing if it is no adapter}
     *
     * @param file of tensors
     * @param known transformers that it may be for
     */
    public static Optional<AdapterSummary> of(
            TensorFile file, Collection<? extends PartNames> known) {
        List<AdapterKey> keys =
                file.shapes().keySet().stream()
                        .map(AdapterKey::of)
                        .flatMap(Optional::stream)
                        .toList();
        if (keys.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Integer> modules = new TreeMap<>();
        keys.stream()
                .filter(key -> key.part() != Part.ALPHA)
                .map(AdapterKey::layer)
                .distinct()
                .forEach(layer -> modules.merge(layer.replaceFirst(NUMBER, "#"), 1, Integer::sum));
        return Optional.of(
                new AdapterSummary(
                        spelling(keys.getFirst()),
                        target(keys, known),
                        List.copyOf(ranks(file, keys)),
                        List.copyOf(alphas(file, keys)),
                        count(keys, Part.UP),
                        count(keys, Part.DIFFERENCE) + count(keys, Part.BIAS),
                        modules,
                        file.shapes().size() - keys.size()));
    }

    /** {@return what it is, as people call it} */
    public String words() {
        return "an adapter (LoRA)" + (target.isEmpty() ? "" : " for " + target);
    }

    private static int count(List<AdapterKey> keys, Part part) {
        return (int) keys.stream().filter(key -> key.part() == part).count();
    }

    private static String spelling(AdapterKey key) {
        if (key.underscored()) {
            return "kohya's and musubi's (lora_unet_)";
        }
        String prefix = key.tensor().substring(0, key.tensor().indexOf(key.layer()));
        return switch (prefix) {
            case "transformer.", "base_model.model." ->
                    "diffusers' and PEFT's (%s)".formatted(prefix);
            case "" -> "no prefix";
            default -> "the model's makers' (%s)".formatted(prefix);
        };
    }

    private static SortedSet<Long> ranks(TensorFile file, List<AdapterKey> keys) {
        SortedSet<Long> ranks = new TreeSet<>();
        for (AdapterKey key : keys) {
            Shape shape = file.shapes().get(key.tensor());
            if (key.part() == Part.DOWN && shape != null && shape.rank() > 0) {
                ranks.add((long) shape.size(0));
            }
        }
        return ranks;
    }

    /** Some bytes each, which stand between the matrices. */
    private static SortedSet<Double> alphas(TensorFile file, List<AdapterKey> keys) {
        SortedSet<Double> alphas = new TreeSet<>();
        for (AdapterKey key : keys) {
            Shape shape = file.shapes().get(key.tensor());
            if (key.part() == Part.ALPHA && shape != null && shape.elements() == 1) {
                file.weights()
                        .find(key.tensor(), shape)
                        .map(StoredWeight::values)
                        .ifPresent(values -> alphas.add((double) values.row(0)[0]));
            }
        }
        header(file).ifPresent(alphas::add);
        return alphas;
    }

    private static Optional<Double> header(TensorFile file) {
        try {
            return Alphas.of(file)
                    .settings()
                    .filter(settings -> settings.has("transformer.lora_alpha"))
                    .map(settings -> settings.number("transformer.lora_alpha"));
        } catch (BadInputException e) {
            return Optional.empty(); // a text that is no JSON says nothing
        }
    }

    /** The transformer in whose names most layers are; none if no layer is in any. */
    private static String target(List<AdapterKey> keys, Collection<? extends PartNames> known) {
        String best = "";
        long most = 0;
        for (PartNames names : known) {
            long fitting = keys.stream().filter(key -> LayerNames.mayBeOf(key, names)).count();
            if (fitting > most) {
                most = fitting;
                best = names.what();
            }
        }
        return best;
    }
}

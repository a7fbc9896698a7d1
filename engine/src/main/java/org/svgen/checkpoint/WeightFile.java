package org.svgen.checkpoint;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * The file in which the weights of a component begin: they are all in it, or it lists the files.
 *
 * @param variant the type in which this copy was saved, as diffusers' {@code variant=} names it;
 *     empty for the component's own weights
 */
record WeightFile(String name, String variant) {
    /** In this order; an own file is always preferred, then the variant that rounds least. */
    private static final List<String> VARIANTS = List.of("", "fp32", "fp16", "bf16");

    private static final String DIFFUSERS = "diffusion_pytorch_model.safetensors";
    private static final String TRANSFORMERS = "model.safetensors";

    /** All that could be, in the order of preference. */
    private static final List<WeightFile> ALL =
            VARIANTS.stream().flatMap(v -> of(v).stream()).toList();

    private static List<WeightFile> of(String variant) {
        List<String> names = new ArrayList<>();
        names.addAll(indexes(DIFFUSERS, variant));
        names.add(single(DIFFUSERS, variant));
        names.add(single(TRANSFORMERS, variant));
        names.addAll(indexes(TRANSFORMERS, variant));
        return names.stream().map(name -> new WeightFile(name, variant)).toList();
    }

    private static String single(String name, String variant) {
        return variant.isEmpty()
                ? name
                : name.replace(".safetensors", "." + variant + ".safetensors");
    }

    /** Diffusers' older versions put the variant before the word index. */
    private static List<String> indexes(String name, String variant) {
        return variant.isEmpty()
                ? List.of(name + ".index.json")
                : List.of(
                        "%s.index.%s.json".formatted(name, variant),
                        "%s.%s.index.json".formatted(name, variant));
    }

    /**
     * The one to read of those that a component's folder has: the first that is whole. Those who
     * fetch a variant often fetch all lists of files with it.
     *
     * @param filesOf what a list of files names
     */
    static Optional<WeightFile> choose(
            Predicate<String> has, Function<String, Collection<String>> filesOf) {
        List<WeightFile> there = ALL.stream().filter(file -> has.test(file.name)).toList();
        if (there.size() < 2) {
            return there.stream().findFirst();
        }
        return there.stream()
                .filter(f -> !f.isIndex() || filesOf.apply(f.name).stream().allMatch(has))
                .findFirst()
                .or(() -> there.stream().findFirst());
    }

    /** The names of own weights, for messages. */
    static List<String> expected() {
        return of("").stream().map(WeightFile::name).toList();
    }

    /** True if it lists the files of the weights. */
    boolean isIndex() {
        return name.endsWith(".json");
    }
}

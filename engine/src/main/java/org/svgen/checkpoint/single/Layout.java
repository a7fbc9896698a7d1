package org.svgen.checkpoint.single;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.Untrusted;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Shape;

/**
 * One way in which files name the tensors of a component.
 *
 * @param name whose names these are, for messages
 * @param marks names that are there in every file of the layout
 * @param others names that are in no such file, but in some of another kind
 * @param table makes weights of tensors, whose dimensions are given by their names
 * @param facts what else is known of such files
 */
public record Layout(
        String name,
        List<String> marks,
        List<String> others,
        Function<Map<String, Shape>, NameTable> table,
        Facts facts) {
    /**
     * What is known of the files of a layout beside names.
     *
     * @param config what is true of their weights, by the keys of {@code config.json}
     * @param told sizes that no shape says, by their names in the metadata of such files and in
     *     {@code config.json}: both must say the same
     */
    public record Facts(Map<String, Object> config, Map<String, String> told) {
        /** Nothing. */
        public static final Facts NONE = new Facts(Map.of(), Map.of());

        /** Keeps copies. */
        public Facts {
            config = Map.copyOf(config);
            told = Map.copyOf(told);
        }
    }

    /** Keeps copies of the lists. */
    public Layout {
        marks = List.copyOf(marks);
        others = List.copyOf(others);
        Objects.requireNonNull(facts, "facts");
    }

    /**
     * A layout of which no more is known.
     *
     * @param name whose names these are, for messages
     * @param marks names that are there in every file of the layout
     * @param others names that are in no such file, but in some of another kind
     * @param table makes weights of tensors, whose dimensions are given by their names
     */
    public Layout(
            String name,
            List<String> marks,
            List<String> others,
            Function<Map<String, Shape>, NameTable> table) {
        this(name, marks, others, table, Facts.NONE);
    }

    /**
     * A layout that no file of another kind is mistaken for.
     *
     * @param name whose names these are, for messages
     * @param marks names that are there in every file of the layout and in no other
     * @param table makes weights of tensors, whose dimensions are given by their names
     */
    public Layout(String name, List<String> marks, Function<Map<String, Shape>, NameTable> table) {
        this(name, marks, List.of(), table);
    }

    /**
     * {@return the configuration of a component in such a file}
     *
     * @param file that has the component
     * @param config of the model, with what shapes say
     * @throws BadInputException if the file tells of a size that is another there, naming both
     */
    Config config(TensorFile file, Config config) {
        for (String key : facts.told.keySet().stream().sorted().toList()) {
            String inConfig = String.valueOf(facts.told.get(key));
            if (config.has(inConfig)) {
                require(file, key, config, inConfig);
            }
        }
        return config.with(facts.config);
    }

    private static void require(TensorFile file, String key, Config config, String inConfig) {
        int expected = config.positive(inConfig);
        String found = file.metadata().get(key);
        if (!String.valueOf(expected).equals(found)) {
            throw new BadInputException(
                    "%s: metadata %s: expected %d, as %s has for %s, found %s"
                            .formatted(
                                    file.path(),
                                    key,
                                    expected,
                                    config.file(),
                                    inConfig,
                                    found == null ? "nothing" : Untrusted.oneLine(found)));
        }
    }

    /**
     * {@return the layout in which files name weights as the model does}
     *
     * @param marks names that are there in every such file and in no other
     */
    public static Layout diffusers(String... marks) {
        return new Layout("diffusers' names", List.of(marks), _ -> NameTable.same());
    }

    /**
     * {@return what stands before the names of the layout in a file that has them; empty if it has
     * not}
     *
     * @param tensors of the file
     */
    Optional<String> prefix(Map<String, Shape> tensors) {
        String mark = marks.getFirst();
        return tensors.keySet().stream()
                .filter(name -> name.equals(mark) || name.endsWith("." + mark))
                .map(name -> name.substring(0, name.length() - mark.length()))
                .filter(prefix -> marks.stream().allMatch(m -> tensors.containsKey(prefix + m)))
                .filter(prefix -> others.stream().noneMatch(m -> tensors.containsKey(prefix + m)))
                .findFirst();
    }
}

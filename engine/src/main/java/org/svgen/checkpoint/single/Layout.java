package org.svgen.checkpoint.single;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.svgen.tensor.Shape;

/**
 * One way in which files name the tensors of a component.
 *
 * @param name whose names these are, for messages
 * @param marks names that are there in every file of the layout
 * @param others names that are in no such file, but in some of another kind
 * @param table makes weights of tensors, whose dimensions are given by their names
 */
public record Layout(
        String name,
        List<String> marks,
        List<String> others,
        Function<Map<String, Shape>, NameTable> table) {
    /** Keeps copies of the lists. */
    public Layout {
        marks = List.copyOf(marks);
        others = List.copyOf(others);
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

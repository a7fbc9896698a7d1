package org.svgen.run;

import java.util.List;
import java.util.Map;
import org.svgen.checkpoint.single.PartNames;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Shape;

/** How models of a family are told in single files, which come without configurations. */
public interface FamilyFiles {
    /** {@return what its components are called in such files} */
    List<PartNames> parts();

    /**
     * A transformer that was found in a file.
     *
     * @param weights their dimensions, by the names that the model gives them
     * @param file its name, which may say what shapes do not
     * @param second there is a second transformer, for little noise
     */
    record Found(Map<String, Shape> weights, String file, boolean second) {
        /**
         * {@return a dimension of a weight; 0 if there is no such weight}
         *
         * @param name of the weight
         * @param dimension which one
         */
        public int size(String name, int dimension) {
            Shape shape = weights.get(name);
            return shape == null || shape.rank() <= dimension ? 0 : shape.size(dimension);
        }

        /**
         * {@return how many blocks there are}
         *
         * @param blocks the prefix of their names, without its dot
         */
        public int count(String blocks) {
            return (int)
                    weights.keySet().stream()
                            .filter(name -> name.startsWith(blocks + "."))
                            .map(name ->
                                    name.substring(blocks.length() + 1).replaceFirst("\\..*", ""))
                            .distinct()
                            .count();
        }
    }

    /**
     * Which model a transformer belongs to.
     *
     * @param what people call it
     * @param why it is this one, by names and shapes
     * @param base the repository on the hub that has all its other parts
     */
    record Kind(String what, String why, String base) {}

    /**
     * {@return which model a transformer belongs to}
     *
     * @param found one of the family
     * @throws BadInputException if there is no such model, or if something is missing of it
     */
    Kind kind(Found found);
}

package org.svgen.checkpoint.single;

import java.util.List;
import java.util.Map;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.Shape;

/** A kind of component, and how it is told in files that come without a configuration. */
public interface PartNames {
    /** {@return what pipelines call it: {@code transformer}, {@code vae}} */
    String component();

    /** {@return what people call it: {@code a transformer of Wan}} */
    String what();

    /** {@return the ways in which files name its tensors} */
    List<Layout> layouts();

    /**
     * {@return what the shapes of weights say of its configuration, by the keys of {@code
     * config.json}}
     *
     * @param weights by the names that the model gives them
     * @param config of a component of the same kind, for what no shape says
     */
    default Map<String, Object> config(Map<String, Shape> weights, Config config) {
        return Map.of();
    }
}

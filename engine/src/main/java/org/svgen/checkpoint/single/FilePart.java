package org.svgen.checkpoint.single;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.PartFile;
import org.svgen.checkpoint.StoredWeights;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Shape;

/**
 * A component in a single file.
 *
 * @param file that holds it, perhaps beside others
 * @param names its kind
 * @param layout the way in which the file names its tensors
 * @param prefix of the names of its tensors
 */
public record FilePart(Path file, PartNames names, Layout layout, String prefix)
        implements PartFile {
    @Override
    public List<Path> files() {
        return List.of(file);
    }

    @Override
    public Config config(Config folder) {
        try (TensorFile tensors = TensorFiles.open(file)) {
            Config said = folder.with(names.config(weights(tensors).shapes(), folder));
            return layout.config(tensors, said);
        }
    }

    /** {@return the dimensions of all weights, by the names that the model gives them} */
    public Map<String, Shape> shapes() {
        try (TensorFile tensors = TensorFiles.open(file)) {
            return weights(tensors).shapes();
        }
    }

    /**
     * {@return the weights of an open file}
     *
     * @throws BadInputException if it has tensors that the layout does not know
     */
    private RenamedWeights weights(TensorFile tensors) {
        Scales scales = new Scales(tensors, prefix);
        Map<String, Shape> part = new LinkedHashMap<>();
        tensors.shapes()
                .forEach((name, shape) -> {
                    if (name.startsWith(prefix) && !scales.isAbout(name)) {
                        part.put(name.substring(prefix.length()), shape);
                    }
                });
        return RenamedWeights.of(
                new ScaledWeights(tensors.weights(), scales),
                prefix,
                part,
                layout.table().apply(part),
                names.what());
    }

    @Override
    public Open open() {
        TensorFile tensors = TensorFiles.open(file);
        try {
            StoredWeights weights = weights(tensors);
            return new OpenFile(tensors, weights);
        } catch (RuntimeException e) {
            tensors.close();
            throw e;
        }
    }

    private record OpenFile(TensorFile tensors, StoredWeights weights) implements Open {
        @Override
        public List<String> changes() {
            return tensors.changes();
        }

        @Override
        public void requireInPlace() {
            tensors.requireInPlace();
        }

        @Override
        public void close() {
            tensors.close();
        }
    }
}

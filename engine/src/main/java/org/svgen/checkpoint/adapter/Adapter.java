package org.svgen.checkpoint.adapter;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.svgen.checkpoint.AdapterFile;
import org.svgen.checkpoint.CodedTensor;
import org.svgen.checkpoint.StoredWeights;
import org.svgen.checkpoint.single.PartNames;
import org.svgen.checkpoint.single.TensorFile;
import org.svgen.checkpoint.single.TensorFiles;
import org.svgen.tensor.Shape;

/**
 * An adapter for transformers.
 *
 * @param path the file
 * @param strength by which it counts: 1 as it was trained
 * @param components that it changes
 * @param names of the components' layers
 * @param lenient leaves out what is about nothing that the model has
 */
public record Adapter(
        Path path, double strength, List<String> components, PartNames names, boolean lenient)
        implements AdapterFile {
    /** Keeps a copy of the list. */
    public Adapter {
        Objects.requireNonNull(path, "path");
        components = List.copyOf(components);
    }

    @Override
    public String words() {
        return "%s at %s of %s"
                .formatted(path.getFileName(), strength, String.join(", ", components));
    }

    @Override
    public Open open() {
        TensorFile file = TensorFiles.open(path);
        return new OpenAdapter(this, file, new ConcurrentHashMap<>());
    }

    /**
     * @param numbers how many quantised weights became numbers, by component
     */
    private record OpenAdapter(Adapter adapter, TensorFile file, Map<String, Long> numbers)
            implements Open {
        @Override
        public StoredWeights merged(String component, StoredWeights stored) {
            if (!adapter.components.contains(component)) {
                return stored;
            }
            LayerNames layers = new LayerNames(adapter.names, stored);
            AdapterReader reader = new AdapterReader(file, stored, layers);
            Map<String, List<Change>> changes = reader.read(adapter.lenient);
            numbers.put(component, changes.keySet().stream().filter(n -> coded(stored, n)).count());
            return new MergedWeights(stored, changes, adapter.strength);
        }

        private static boolean coded(StoredWeights stored, String name) {
            return stored.find(name, Shape.of(1))
                    .filter(weight -> weight.values() instanceof CodedTensor)
                    .isPresent();
        }

        @Override
        public List<String> notes() {
            long all = numbers.values().stream().mapToLong(n -> n).sum();
            return all == 0
                    ? List.of()
                    : List.of(
                            "%s changes %d quantised weights, which take the memory of weights that are not"
                                    .formatted(adapter.path.getFileName(), all));
        }

        @Override
        public List<String> changes() {
            return file.changes();
        }

        @Override
        public void requireInPlace() {
            file.requireInPlace();
        }

        @Override
        public void close() {
            file.close();
        }
    }
}

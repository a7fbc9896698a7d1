package org.svgen.checkpoint.adapter;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.svgen.checkpoint.AdapterFile;
import org.svgen.checkpoint.StoredWeights;
import org.svgen.checkpoint.single.PartNames;
import org.svgen.checkpoint.single.TensorFile;
import org.svgen.checkpoint.single.TensorFiles;

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
        return new OpenAdapter(this, file);
    }

    private record OpenAdapter(Adapter adapter, TensorFile file) implements Open {
        @Override
        public StoredWeights merged(String component, StoredWeights stored) {
            if (!adapter.components.contains(component)) {
                return stored;
            }
            LayerNames layers = new LayerNames(adapter.names, stored);
            AdapterReader reader = new AdapterReader(file, stored, layers);
            return new MergedWeights(stored, reader.read(adapter.lenient), adapter.strength);
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

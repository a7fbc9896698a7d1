package org.svgen.checkpoint;

import java.util.Optional;
import java.util.Set;
import org.svgen.checkpoint.SafeTensorsHeader.Entry;
import org.svgen.tensor.Shape;

/** The weights in a checkpoint's files, as they are. */
record FileWeights(SafeTensors tensors) implements StoredWeights {
    @Override
    public Set<String> names() {
        return tensors.names();
    }

    @Override
    public boolean has(String name) {
        return tensors.file(name).isPresent();
    }

    @Override
    public Optional<StoredWeight> find(String name, Shape shape) {
        Optional<StoredType> type = tensors.entry(name).map(Entry::type);
        if (type.isPresent() && type.get().dtype().isEmpty()) {
            throw type.get().refused(place(name), name);
        }
        return tensors.find(name).map(tensor -> StoredWeight.of(new MappedTensor(tensor)));
    }

    @Override
    public String place(String name) {
        return tensors.file(name).orElse(tensors.source()).toString();
    }
}

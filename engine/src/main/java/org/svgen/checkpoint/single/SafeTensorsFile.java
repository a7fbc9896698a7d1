package org.svgen.checkpoint.single;

import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.checkpoint.StoredTensor;
import org.svgen.checkpoint.StoredWeights;
import org.svgen.tensor.Shape;

/** A safetensors file by itself. */
record SafeTensorsFile(SafeTensors tensors) implements TensorFile {
    @Override
    public Path path() {
        return tensors.source();
    }

    @Override
    public String format() {
        return "safetensors";
    }

    @Override
    public Map<String, String> metadata() {
        return tensors.metadata();
    }

    @Override
    public Map<String, Shape> shapes() {
        Map<String, Shape> shapes = new LinkedHashMap<>();
        for (String name : tensors.names()) {
            shapes.put(name, tensors.shape(name).orElseThrow());
        }
        return shapes;
    }

    @Override
    public Map<String, StoredTensor> stored() {
        return tensors.stored();
    }

    @Override
    public StoredWeights weights() {
        return StoredWeights.of(tensors);
    }

    @Override
    public Optional<byte[]> bytes(String name, int limit) {
        return tensors.find(name)
                .filter(tensor -> tensor.bytes() <= limit)
                .map(tensor -> tensor.host().toArray(ValueLayout.JAVA_BYTE));
    }

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

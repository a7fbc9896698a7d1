package org.svgen.checkpoint.single;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.svgen.checkpoint.StoredTensor;
import org.svgen.checkpoint.StoredWeight;
import org.svgen.checkpoint.StoredWeights;
import org.svgen.checkpoint.gguf.Gguf;
import org.svgen.tensor.Shape;

/** A GGUF file. */
record GgufTensors(Gguf gguf) implements TensorFile {
    @Override
    public Path path() {
        return gguf.path();
    }

    @Override
    public String format() {
        return "GGUF";
    }

    @Override
    public Map<String, String> metadata() {
        return gguf.texts();
    }

    @Override
    public Map<String, Shape> shapes() {
        return gguf.shapes();
    }

    @Override
    public Map<String, StoredTensor> stored() {
        return gguf.stored();
    }

    @Override
    public StoredWeights weights() {
        return new Weights(gguf);
    }

    /** The format has a place for text beside tensors, so none is hidden in one. */
    @Override
    public Optional<byte[]> bytes(String name, int limit) {
        return Optional.empty();
    }

    @Override
    public List<String> changes() {
        return gguf.mapped().change().map(change -> path() + " " + change).stream().toList();
    }

    @Override
    public void requireInPlace() {
        gguf.mapped().requireInPlace();
    }

    @Override
    public void close() {
        gguf.close();
    }

    private record Weights(Gguf gguf) implements StoredWeights {
        @Override
        public Set<String> names() {
            return gguf.shapes().keySet();
        }

        @Override
        public boolean has(String name) {
            return gguf.shapes().containsKey(name);
        }

        @Override
        public Optional<StoredWeight> find(String name, Shape shape) {
            return gguf.find(name).map(StoredWeight::of);
        }

        @Override
        public String place(String name) {
            return gguf.path().toString();
        }
    }
}

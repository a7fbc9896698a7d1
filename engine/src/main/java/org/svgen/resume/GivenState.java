package org.svgen.resume;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.state.State;
import org.svgen.tensor.DType;
import org.svgen.tensor.HostStorage;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;

/** Gives the state of a checkpoint back. */
public final class GivenState implements State {
    private final Path file;
    private final Backend backend;
    private final String prefix;
    private final Map<String, Object> values;
    private final SafeTensors tensors;

    GivenState(
            Path file,
            Backend backend,
            String prefix,
            Map<String, Object> values,
            SafeTensors tensors) {
        this.file = file;
        this.backend = backend;
        this.prefix = prefix;
        this.values = values;
        this.tensors = tensors;
    }

    @Override
    public State part(String name) {
        return new GivenState(file, backend, prefix + name + '.', values, tensors);
    }

    @Override
    public long whole(String name, long now) {
        return value(name, Number.class).longValue();
    }

    @Override
    public double number(String name, double now) {
        return switch (value(name, Object.class)) {
            case Number number -> number.doubleValue();
            case Object text -> Double.parseDouble(text.toString()); // NaN, Infinity
        };
    }

    @Override
    public List<String> texts(String name, List<String> now) {
        return value(name, List.class).stream().map(String::valueOf).toList();
    }

    private <T> T value(String name, Class<T> type) {
        Object value = values.get(prefix + name);
        if (!type.isInstance(value)) {
            throw lacks(name);
        }
        return type.cast(value);
    }

    @Override
    public long[] wholes(String name, long... now) {
        return Arrays.wholes(stored(name, DType.I64));
    }

    @Override
    public double[] numbers(String name, double... now) {
        return Arrays.numbers(stored(name, DType.F64));
    }

    @Override
    public void tensor(String name, Tensor tensor) {
        Tensor stored = stored(name, tensor.dtype());
        if (!stored.shape().equals(tensor.shape())) {
            throw new CheckpointException(
                    file,
                    "%s%s: expected %s, found %s"
                            .formatted(prefix, name, tensor.shape(), stored.shape()));
        }
        if (tensor.storage() instanceof HostStorage) {
            tensor.host().copyFrom(stored.host());
        } else {
            backend.write(stored, tensor);
        }
    }

    private Tensor stored(String name, DType dtype) {
        return tensors.find(prefix + name)
                .filter(t -> t.dtype() == dtype)
                .orElseThrow(() -> lacks(name));
    }

    private CheckpointException lacks(String name) {
        return new CheckpointException(file, "it has no %s%s".formatted(prefix, name));
    }
}

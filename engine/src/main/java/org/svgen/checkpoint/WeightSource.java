package org.svgen.checkpoint;

import java.util.Optional;
import org.svgen.tensor.Backend;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;

/** Gives a model its weights by name, checked and on the device that computes. */
public final class WeightSource {
    private final SafeTensors tensors;
    private final Backend backend;
    private final String prefix;

    WeightSource(SafeTensors tensors, Backend backend) {
        this(tensors, backend, "");
    }

    private WeightSource(SafeTensors tensors, Backend backend, String prefix) {
        this.tensors = tensors;
        this.backend = backend;
        this.prefix = prefix;
    }

    /** Where the weights are readable. */
    public Backend backend() {
        return backend;
    }

    /** The weights whose names begin with {@code part} and a dot, by the rest of their names. */
    public WeightSource at(String part) {
        return new WeightSource(tensors, backend, prefix + part + ".");
    }

    public boolean has(String name) {
        return tensors.file(prefix + name).isPresent();
    }

    /**
     * A weight of type f32, f16 or bf16.
     *
     * @throws BadInputException if it is missing, of another shape, or of a type that is not
     *     computed with, naming file and tensor
     */
    public Tensor tensor(String name, long... shape) {
        return optional(name, shape)
                .orElseThrow(() -> new BadInputException(missing(prefix + name, Shape.of(shape))));
    }

    /** As {@link #tensor}, or empty if there is no such weight. */
    public Optional<Tensor> optional(String name, long... shape) {
        String full = prefix + name;
        return tensors.find(full)
                .map(tensor -> {
                    check(full, tensor, Shape.of(shape));
                    return backend.upload(tensor);
                });
    }

    private void check(String name, Tensor tensor, Shape expected) {
        if (!tensor.shape().equals(expected)) {
            throw wrong(name, "expected shape %s, found %s".formatted(expected, tensor.shape()));
        }
        DType dtype = tensor.dtype();
        switch (dtype) {
            case F32, F16, BF16 -> {}
            case F8_E4M3, F8_E5M2 ->
                    throw wrong(
                            name,
                            "expected f32, f16 or bf16, found %s: 8-bit weights are not supported"
                                    .formatted(dtype));
            case F64, I64, I32, I16, I8, U8, BOOL ->
                    throw wrong(name, "expected f32, f16 or bf16, found %s".formatted(dtype));
        }
    }

    private BadInputException wrong(String name, String what) {
        return new BadInputException(
                "%s: tensor %s: %s"
                        .formatted(tensors.file(name).orElseThrow(), Untrusted.quoted(name), what));
    }

    private String missing(String name, Shape shape) {
        String near =
                NearestName.of(name, tensors.names())
                        .map(n -> "; the nearest is " + Untrusted.quoted(n))
                        .orElse("");
        return "%s: tensor %s %s is missing%s"
                .formatted(tensors.source(), Untrusted.quoted(name), shape, near);
    }
}

package org.svgen.checkpoint;

import java.util.Objects;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Tensor;

/**
 * A tensor that lies in host memory.
 *
 * @param tensor its numbers, which live as long as who gave it says; without bytes in a plan
 */
public record MappedTensor(Tensor tensor) implements HostTensor {
    /** Checks that nothing is null. */
    public MappedTensor {
        Objects.requireNonNull(tensor, "tensor");
    }

    @Override
    public DType dtype() {
        return tensor.dtype();
    }

    @Override
    public Shape shape() {
        return tensor.shape();
    }

    @Override
    public float[] row(int row) {
        return tensor.reshape(rows(), tensor.elements() / rows()).get(row).toFloats();
    }
}

package org.svgen.checkpoint;

import java.util.Objects;
import org.svgen.tensor.Shape;

/**
 * What the header of a file says of a tensor.
 *
 * @param type of its numbers, as people write it: {@code bf16}, {@code Q4_K}
 * @param shape its dimensions, the slowest first
 * @param bytes that it takes in the file; 0 where its type is unknown
 */
public record StoredTensor(String type, Shape shape, long bytes) {
    /** Checks that nothing is null. */
    public StoredTensor {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(shape, "shape");
    }
}

package org.svgen.tensor;

/**
 * A run of bytes on one device. Whoever allocated it (a backend, a mapped checkpoint) owns it and
 * ends its life; tensors only look at it.
 */
public interface Storage {
    /** {@return its size in bytes} */
    long byteSize();
}

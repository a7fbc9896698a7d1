package org.svgen.tensor;

/**
 * A size without bytes: what tensors lie in that nobody computes with, see {@link Tensor#phantom}.
 *
 * @param byteSize how many bytes it would have
 */
public record PhantomStorage(long byteSize) implements Storage {}

package org.svgen.tensor.device;

/** The right of one thread to use something alone, which the same thread gives back. */
@FunctionalInterface
public interface Lease extends AutoCloseable {
    /** Closing twice does nothing more. */
    @Override
    void close();
}

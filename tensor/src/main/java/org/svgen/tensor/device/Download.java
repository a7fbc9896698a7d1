package org.svgen.tensor.device;

/** A tensor on its way to the host. */
@FunctionalInterface
public interface Download {
    /**
     * Waits until all of it is there.
     *
     * @throws IllegalStateException if another download has begun since
     */
    void await();
}

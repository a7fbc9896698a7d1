package org.svgen.tensor.device;

import org.svgen.tensor.Tensor;

/**
 * Brings weights to a device in turns, beside its operations: while those given in one turn go on,
 * the weights of the next can come.
 */
public interface Feed extends AutoCloseable {
    /**
     * The next turn begins. What it writes waits for the operations given up to the turn before
     * this one, not for those of that turn: it goes to memory that they do not use.
     */
    void turn();

    /**
     * Copies {@code host} into {@code tensor}, which has the same type and size; operations given
     * from now on see it. {@code host} has been read when this returns.
     *
     * @param host in host memory
     * @param tensor on the device
     */
    void write(Tensor host, Tensor tensor);

    /** Frees what the copies needed; the tensors stay. */
    @Override
    void close();
}

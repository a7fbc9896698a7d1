package org.svgen.tensor.device;

import org.svgen.tensor.Tensor;

/** Copies in the order of the operations. */
record PlainFeed(Backend backend) implements Feed {
    @Override
    public void turn() {}

    @Override
    public void write(Tensor host, Tensor tensor) {
        backend.write(host, tensor);
    }

    @Override
    public void close() {}
}

package org.svgen.tensor.device;

import org.svgen.tensor.DType;
import org.svgen.tensor.PhantomStorage;
import org.svgen.tensor.Storage;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Ops;

/** Counts operations instead of computing them. */
final class DryBackend implements Backend {
    private final Ops ops;

    DryBackend(Work work) {
        ops = work::count;
    }

    @Override
    public String name() {
        return "dry run";
    }

    @Override
    public String description() {
        return "computes nothing";
    }

    @Override
    public Ops ops() {
        return ops;
    }

    @Override
    public Storage allocate(long bytes) {
        return new PhantomStorage(bytes);
    }

    @Override
    public void release(Storage storage) {}

    @Override
    public Tensor upload(Tensor host) {
        return host;
    }

    @Override
    public Tensor upload(Tensor host, DType dtype) {
        return host.dtype() == dtype ? host : Tensor.phantom(dtype, host.shape().dims());
    }

    @Override
    public void write(Tensor host, Tensor tensor) {}

    @Override
    public void download(Tensor tensor, Tensor host) {
        host.host().fill((byte) 0);
    }

    @Override
    public void synchronize() {}

    @Override
    public Memory memory() {
        return new Memory(0, 0);
    }

    @Override
    public void close() {}
}

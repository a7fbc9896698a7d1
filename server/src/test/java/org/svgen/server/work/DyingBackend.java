package org.svgen.server.work;

import org.svgen.tensor.Storage;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.device.Lease;
import org.svgen.tensor.op.Ops;

/** The CPU as a device that may have died: then it gives no memory any more. */
final class DyingBackend implements Backend {
    private final Backend cpu = Backends.open("cpu", note -> {});
    private final boolean dead;

    DyingBackend(boolean dead) {
        this.dead = dead;
    }

    @Override
    public String name() {
        return cpu.name();
    }

    @Override
    public String description() {
        return cpu.description();
    }

    @Override
    public Ops ops() {
        return cpu.ops();
    }

    @Override
    public Lease lease(Runnable asked) {
        return cpu.lease(asked);
    }

    @Override
    public void ask() {
        cpu.ask();
    }

    @Override
    public Storage allocate(long bytes) {
        if (dead) {
            throw new SvgenException("no device");
        }
        return cpu.allocate(bytes);
    }

    @Override
    public void release(Storage storage) {
        cpu.release(storage);
    }

    @Override
    public Tensor upload(Tensor host) {
        return cpu.upload(host);
    }

    @Override
    public void write(Tensor host, Tensor tensor) {
        cpu.write(host, tensor);
    }

    @Override
    public void download(Tensor tensor, Tensor host) {
        cpu.download(tensor, host);
    }

    @Override
    public void synchronize() {
        cpu.synchronize();
    }

    @Override
    public boolean readsHost() {
        return cpu.readsHost();
    }

    @Override
    public Memory memory() {
        return cpu.memory();
    }

    @Override
    public long capacity() {
        return cpu.capacity();
    }

    @Override
    public void close() {
        cpu.close();
    }
}

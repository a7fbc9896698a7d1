package org.svgen.server.work;

import java.util.function.LongSupplier;
import org.svgen.tensor.DType;
import org.svgen.tensor.Storage;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.DryRun;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.Ops;

/**
 * A device for plans alone: it has the room and the ways of a real one, computes nothing, and never
 * waits for a run on it.
 */
final class PlanningBackend implements Backend {
    private final Backend device;
    private final LongSupplier capacity;
    private final Backend nothing = DryRun.backend();

    /**
     * @param device whose plans are made
     * @param capacity bytes of it that a run could take if it were alone
     */
    PlanningBackend(Backend device, LongSupplier capacity) {
        this.device = device;
        this.capacity = capacity;
    }

    @Override
    public String name() {
        return device.name();
    }

    @Override
    public String description() {
        return "plans for " + device.name();
    }

    @Override
    public Ops ops() {
        return nothing.ops();
    }

    @Override
    public Storage allocate(long bytes) {
        return nothing.allocate(bytes);
    }

    @Override
    public void release(Storage storage) {
        nothing.release(storage);
    }

    @Override
    public Tensor upload(Tensor host) {
        return nothing.upload(host);
    }

    @Override
    public Tensor upload(Tensor host, DType dtype) {
        return nothing.upload(host, dtype);
    }

    @Override
    public DType activation() {
        return device.activation();
    }

    @Override
    public void write(Tensor host, Tensor tensor) {
        nothing.write(host, tensor);
    }

    @Override
    public void download(Tensor tensor, Tensor host) {
        nothing.download(tensor, host);
    }

    @Override
    public void synchronize() {}

    @Override
    public boolean readsHost() {
        return device.readsHost();
    }

    @Override
    public Memory memory() {
        return new Memory(0, 0);
    }

    @Override
    public long scratchBytes(Op op) {
        return device.scratchBytes(op);
    }

    @Override
    public long capacity() {
        return capacity.getAsLong();
    }

    @Override
    public void close() {}
}

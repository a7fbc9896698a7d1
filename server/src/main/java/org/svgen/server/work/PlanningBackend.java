package org.svgen.server.work;

import java.util.Optional;
import java.util.function.LongSupplier;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.DryRun;
import org.svgen.tensor.device.ForwardingBackend;
import org.svgen.tensor.op.Op;

/**
 * A device for plans alone: it has the room and the ways of a real one, computes nothing, and never
 * waits for a run on it.
 */
final class PlanningBackend extends ForwardingBackend {
    private final Backend device;
    private final LongSupplier capacity;

    /**
     * @param device whose plans are made
     * @param capacity bytes of it that a run could take if it were alone
     */
    PlanningBackend(Backend device, LongSupplier capacity) {
        super(DryRun.backend());
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
    public String summary() {
        return description();
    }

    @Override
    public Tensor upload(Tensor host, DType dtype) {
        return other().upload(host, dtype);
    }

    @Override
    public DType activation() {
        return device.activation();
    }

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
    public Optional<String> refuses(Op op) {
        return device.refuses(op);
    }

    @Override
    public long capacity() {
        return capacity.getAsLong();
    }
}

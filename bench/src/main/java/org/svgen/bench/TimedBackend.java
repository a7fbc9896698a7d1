package org.svgen.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.svgen.tensor.DType;
import org.svgen.tensor.Storage;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Feed;
import org.svgen.tensor.device.Lease;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.Ops;

/** A backend whose operations are timed one by one, each from an idle device to an idle device. */
final class TimedBackend implements Backend {
    private final Backend backend;
    private final Ops ops;
    private final Map<String, Double> seconds = new LinkedHashMap<>();

    /** Does not take {@code backend} over: closing this closes nothing. */
    TimedBackend(Backend backend) {
        this.backend = backend;
        this.ops = this::timed;
    }

    private void timed(Op op) {
        backend.synchronize();
        long start = System.nanoTime();
        try {
            backend.ops().run(op);
            backend.synchronize();
        } finally {
            seconds.merge(op.name(), (System.nanoTime() - start) * 1e-9, Double::sum);
        }
    }

    /** By operation, all its calls together. */
    Map<String, Double> seconds() {
        return seconds;
    }

    /** {@link #seconds} as lines, the longest operation first. */
    static List<String> table(Map<String, Double> seconds) {
        return seconds.entrySet().stream()
                .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
                .map(e -> "  %-16s %8.4f s".formatted(e.getKey(), e.getValue()))
                .toList();
    }

    @Override
    public String name() {
        return backend.name();
    }

    @Override
    public String description() {
        return backend.description();
    }

    @Override
    public String summary() {
        return backend.summary();
    }

    @Override
    public SequencedMap<String, List<String>> kernels() {
        return backend.kernels();
    }

    @Override
    public String arithmetic() {
        return backend.arithmetic();
    }

    @Override
    public Ops ops() {
        return ops;
    }

    @Override
    public Lease lease(Runnable asked) {
        return backend.lease(asked);
    }

    @Override
    public void ask() {
        backend.ask();
    }

    @Override
    public Storage allocate(long bytes) {
        return backend.allocate(bytes);
    }

    @Override
    public void release(Storage storage) {
        backend.release(storage);
    }

    @Override
    public Tensor upload(Tensor host) {
        return backend.upload(host);
    }

    @Override
    public Tensor upload(Tensor host, DType dtype) {
        return backend.upload(host, dtype);
    }

    @Override
    public DType activation() {
        return backend.activation();
    }

    @Override
    public void write(Tensor host, Tensor tensor) {
        backend.write(host, tensor);
    }

    @Override
    public void download(Tensor tensor, Tensor host) {
        backend.download(tensor, host);
    }

    @Override
    public void synchronize() {
        backend.synchronize();
    }

    @Override
    public boolean readsHost() {
        return backend.readsHost();
    }

    @Override
    public Feed feed() {
        return backend.feed();
    }

    @Override
    public long scratchBytes(Op op) {
        return backend.scratchBytes(op);
    }

    @Override
    public Memory memory() {
        return backend.memory();
    }

    @Override
    public long capacity() {
        return backend.capacity();
    }

    @Override
    public void close() {}
}

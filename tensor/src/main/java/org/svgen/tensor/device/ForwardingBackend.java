package org.svgen.tensor.device;

import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.svgen.tensor.DType;
import org.svgen.tensor.Storage;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.Ops;

/**
 * A backend that lets another do all that a subclass does not do itself. {@link #feed}, {@link
 * #beginDownload} and {@link #upload(Tensor, DType)} stay as {@link Backend} has them, by way of
 * what the subclass may do itself.
 */
public abstract class ForwardingBackend implements Backend {
    private final Backend other;

    /**
     * Forwards to another.
     *
     * @param other does what the subclass does not; closed with this
     */
    protected ForwardingBackend(Backend other) {
        this.other = other;
    }

    /** {@return the backend that does the rest} */
    protected final Backend other() {
        return other;
    }

    @Override
    public String name() {
        return other.name();
    }

    @Override
    public String description() {
        return other.description();
    }

    @Override
    public String summary() {
        return other.summary();
    }

    @Override
    public String arithmetic() {
        return other.arithmetic();
    }

    @Override
    public SequencedMap<String, List<String>> kernels() {
        return other.kernels();
    }

    @Override
    public Ops ops() {
        return other.ops();
    }

    @Override
    public Lease lease(Runnable asked) {
        return other.lease(asked);
    }

    @Override
    public void ask() {
        other.ask();
    }

    @Override
    public Storage allocate(long bytes) {
        return other.allocate(bytes);
    }

    @Override
    public void release(Storage storage) {
        other.release(storage);
    }

    @Override
    public Tensor upload(Tensor host) {
        return other.upload(host);
    }

    @Override
    public DType activation() {
        return other.activation();
    }

    @Override
    public void write(Tensor host, Tensor tensor) {
        other.write(host, tensor);
    }

    @Override
    public void download(Tensor tensor, Tensor host) {
        other.download(tensor, host);
    }

    @Override
    public void synchronize() {
        other.synchronize();
    }

    @Override
    public boolean readsHost() {
        return other.readsHost();
    }

    @Override
    public int ranks() {
        return other.ranks();
    }

    @Override
    public Optional<Link> link() {
        return other.link();
    }

    @Override
    public Memory memory() {
        return other.memory();
    }

    @Override
    public long scratchBytes(Op op) {
        return other.scratchBytes(op);
    }

    @Override
    public Optional<String> refuses(Op op) {
        return other.refuses(op);
    }

    @Override
    public long capacity() {
        return other.capacity();
    }

    @Override
    public void close() {
        other.close();
    }
}

package org.svgen.tensor;

import java.lang.foreign.Arena;

/**
 * Step memory: a bump allocator over one storage. {@link #scope()} remembers the level and closing
 * it falls back there, so that memory is reused from layer to layer and addresses are the same in
 * every step. Not thread-safe: one thread runs a model.
 */
public final class Workspace implements AutoCloseable {
    private static final long ALIGNMENT = 256;

    private final Backend backend;
    private final DType activation;
    private final Storage storage;
    private long level;
    private long highWater;

    /** As below for models that compute in F32. */
    public Workspace(Backend backend, long capacity) {
        this(backend, capacity, DType.F32);
    }

    /**
     * Takes {@code capacity} bytes of {@code backend}; {@link #close} gives them back.
     *
     * @param activation F32 or {@link Backend#activation}
     */
    public Workspace(Backend backend, long capacity, DType activation) {
        this.backend = backend;
        this.activation = activation;
        this.storage = backend.allocate(capacity);
    }

    public Backend backend() {
        return backend;
    }

    public Ops ops() {
        return backend.ops();
    }

    /** The type of what a model's large layers hand on; see {@link #allocate(long...)}. */
    public DType activation() {
        return activation;
    }

    /** A tensor of type {@link #activation}, as {@link #allocate(DType, long...)} gives it. */
    public Tensor allocate(long... dims) {
        return allocate(activation, dims);
    }

    /**
     * A tensor with undefined content that lives until the enclosing scope closes.
     *
     * @throws SvgenException if the workspace was planned too small
     */
    public Tensor allocate(DType dtype, long... dims) {
        Shape shape = Shape.of(dims);
        long bytes = Tensor.bytes(dtype, shape);
        if (level + bytes > storage.byteSize()) {
            throw new SvgenException(
                    "workspace of %d bytes is too small: %s %s asked with %d bytes in use"
                            .formatted(storage.byteSize(), dtype, shape, level));
        }
        Tensor tensor = new Tensor(dtype, shape, storage, level);
        level = Math.ceilDiv(level + bytes, ALIGNMENT) * ALIGNMENT;
        highWater = Math.max(highWater, Math.min(level, storage.byteSize()));
        return tensor;
    }

    /** A copy of {@code host} that lives until the enclosing scope closes. */
    public Tensor copyOf(Tensor host) {
        Tensor tensor = allocate(host.dtype(), host.shape().dims());
        backend.write(host, tensor);
        return tensor;
    }

    /** A copy of {@code tensor} in new host memory of {@code arena}. */
    public Tensor toHost(Tensor tensor, Arena arena) {
        Tensor host = Tensor.zeros(arena, tensor.dtype(), tensor.shape().dims());
        backend.download(tensor, host);
        return host;
    }

    /** Closing what this returns gives back everything allocated since. */
    public Scope scope() {
        long mark = level;
        return () -> level = mark;
    }

    /** The most bytes that were in use at once. */
    public long highWater() {
        return highWater;
    }

    @Override
    public void close() {
        backend.release(storage);
    }

    /** A lifetime within a workspace. */
    @FunctionalInterface
    public interface Scope extends AutoCloseable {
        @Override
        void close();
    }
}

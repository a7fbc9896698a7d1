package org.svgen.tensor.device;

import java.lang.foreign.Arena;
import org.svgen.tensor.ClosedException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Shape;
import org.svgen.tensor.Storage;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Ops;

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
    private final long end;
    private final boolean owned;
    private long level;
    private long highWater;
    private boolean closed;

    /**
     * As below for models that compute in F32.
     *
     * @param backend computes, and has the memory
     * @param capacity bytes; asking for more is an error
     */
    public Workspace(Backend backend, long capacity) {
        this(backend, capacity, DType.F32);
    }

    /**
     * Takes {@code capacity} bytes of {@code backend}; {@link #close} gives them back.
     *
     * @param backend computes, and has the memory
     * @param capacity bytes; asking for more is an error
     * @param activation F32 or {@link Backend#activation}
     */
    public Workspace(Backend backend, long capacity, DType activation) {
        this.backend = backend;
        this.activation = activation;
        this.storage = backend.allocate(capacity);
        this.end = storage.byteSize();
        this.owned = true;
    }

    /**
     * Uses what is left of memory that is somebody else's, who frees it.
     *
     * @param backend computes, and has the memory
     * @param storage the memory
     * @param from bytes of it that are taken
     * @param activation F32 or {@link Backend#activation}
     */
    public Workspace(Backend backend, Storage storage, long from, DType activation) {
        this.backend = backend;
        this.activation = activation;
        this.storage = storage;
        this.end = storage.byteSize();
        this.owned = false;
        this.level = Math.ceilDiv(from, ALIGNMENT) * ALIGNMENT;
    }

    /** {@return what computes and has the memory} */
    public Backend backend() {
        return backend;
    }

    /** {@return the backend's operations} */
    public Ops ops() {
        return backend.ops();
    }

    /** {@return the type of what a model's large layers hand on; see {@link #allocate(long...)}} */
    public DType activation() {
        return activation;
    }

    /**
     * {@return a tensor of type {@link #activation}, as {@link #allocate(DType, long...)} gives it}
     *
     * @param dims the dimensions, outermost first
     */
    public Tensor allocate(long... dims) {
        return allocate(activation, dims);
    }

    /**
     * {@return a tensor with undefined content that lives until the enclosing scope closes}
     *
     * @param dtype type of the elements
     * @param dims the dimensions, outermost first
     * @throws SvgenException if the workspace was planned too small
     * @throws ClosedException if it is closed
     */
    public Tensor allocate(DType dtype, long... dims) {
        if (closed) {
            throw new ClosedException("workspace of " + backend.name());
        }
        Shape shape = Shape.of(dims);
        long bytes = Tensor.bytes(dtype, shape);
        if (level + bytes > end) {
            throw new SvgenException(
                    "workspace of %d bytes is too small: %s %s asked with %d bytes in use"
                            .formatted(end, dtype, shape, level));
        }
        Tensor tensor = new Tensor(dtype, shape, storage, level);
        level = Math.ceilDiv(level + bytes, ALIGNMENT) * ALIGNMENT;
        highWater = Math.max(highWater, Math.min(level, end));
        return tensor;
    }

    /**
     * {@return a copy of {@code host} that lives until the enclosing scope closes}
     *
     * @param host in host memory
     */
    public Tensor copyOf(Tensor host) {
        Tensor tensor = allocate(host.dtype(), host.shape().dims());
        backend.write(host, tensor);
        return tensor;
    }

    /**
     * {@return a copy of {@code tensor} in new host memory of {@code arena}}
     *
     * @param tensor on the device
     * @param arena owns its memory
     */
    public Tensor toHost(Tensor tensor, Arena arena) {
        Tensor host = Tensor.zeros(arena, tensor.dtype(), tensor.shape().dims());
        backend.download(tensor, host);
        return host;
    }

    /** {@return closing what this returns gives back everything allocated since} */
    public Scope scope() {
        long mark = level;
        return () -> level = mark;
    }

    /**
     * Begins a unit of work that others know nothing of ({@link Ops#apart}).
     *
     * @param unit which, from 0
     * @return ends the unit and gives back everything allocated since
     */
    public Scope apart(int unit) {
        Scope scope = scope();
        ops().apart(unit);
        return () -> {
            ops().together();
            scope.close();
        };
    }

    /** {@return the most bytes that were in use at once} */
    public long highWater() {
        return highWater;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            if (owned) {
                backend.release(storage);
            }
        }
    }

    /** A lifetime within a workspace. */
    @FunctionalInterface
    public interface Scope extends AutoCloseable {
        @Override
        void close();
    }
}

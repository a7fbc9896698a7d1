package org.svgen.tensor.device;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.svgen.tensor.ClosedException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Storage;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.AttentionOp;
import org.svgen.tensor.op.AttentionPrecision;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.Ops;

/**
 * A device that holds tensors and computes on them. Operations may run asynchronously until {@link
 * #synchronize} or {@link #download}.
 *
 * <p>Backends of {@link Backends#open} may be shared: a call waits until no other thread uses the
 * device, and a thread that needs it for more than a call takes a {@link #lease}. Calls of a closed
 * backend throw {@link ClosedException}, but that giving back its memory does nothing.
 */
public interface Backend extends AutoCloseable {
    /**
     * As {@code --device} names it: {@code cpu}, {@code cuda:0}.
     *
     * @return the name
     */
    String name();

    /** {@return one line for people: cores, vector width, which matrix product and why} */
    String description();

    /** {@return the part of {@link #description} that names the device alone} */
    default String summary() {
        return description();
    }

    /**
     * {@return what the last bits of results depend on: two devices that say the same give the same
     * bits} May measure, as {@link #description}.
     */
    default String arithmetic() {
        return "%s: %s".formatted(name(), description());
    }

    /**
     * For people who look for a fault, or for time that is lost.
     *
     * @return for each operation that has a choice of kernels a line a kernel, in the order in
     *     which they are asked: what it takes, or why it is not used on this device
     */
    default SequencedMap<String, List<String>> kernels() {
        return new LinkedHashMap<>();
    }

    /** {@return the operations, which compute here} */
    Ops ops();

    /**
     * Waits until no other thread uses this device and keeps the others waiting until what is
     * returned is closed, by the same thread.
     *
     * @param asked throws to stop the waiting, or the work: it is asked before each call of this
     *     thread and within long ones, often, so it should be quick
     * @return the lease
     * @throws ClosedException if the backend is closed, before or while this waits
     */
    default Lease lease(Runnable asked) {
        asked.run();
        return () -> {};
    }

    /** Asks what this thread's lease brought; for work of the host that takes long. */
    default void ask() {}

    /**
     * {@return memory with undefined content, aligned for any access; the caller gives it back}
     *
     * @param bytes how many
     */
    Storage allocate(long bytes);

    /**
     * Gives back what {@link #allocate} gave, or what {@link #upload} made.
     *
     * @param storage which
     */
    void release(Storage storage);

    /**
     * {@return a weight made readable to {@link #ops} until its storage is released or the backend
     * closed; the tensor itself where the device is the host}
     *
     * @param host in host memory
     */
    Tensor upload(Tensor host);

    /**
     * As {@link #upload(Tensor)}, but rounded to {@code dtype}; both are floating point types.
     *
     * @param host in host memory
     * @param dtype the type on the device
     * @return a weight on the device
     * @throws IllegalArgumentException if this backend computes with weights as they are
     */
    default Tensor upload(Tensor host, DType dtype) {
        if (host.dtype() != dtype) {
            throw new IllegalArgumentException(
                    "%s keeps weights as they are, asked for %s of %s"
                            .formatted(name(), dtype, host));
        }
        return upload(host);
    }

    /**
     * {@return the type that this device computes fastest with, for activations between a model's
     * large layers and their weights}
     */
    default DType activation() {
        return DType.F32;
    }

    /**
     * Copies {@code host} into {@code tensor}, which has the same type and size.
     *
     * @param host in host memory
     * @param tensor on the device
     */
    void write(Tensor host, Tensor tensor);

    /**
     * Copies {@code tensor} into {@code host}, which has the same type and size.
     *
     * @param tensor on the device
     * @param host in host memory
     */
    void download(Tensor tensor, Tensor host);

    /**
     * Begins to copy {@code tensor} into {@code host}, as {@link #download} does. What is asked of
     * the device from now on may overwrite the tensor, and runs while the copy is on its way. One
     * download is on its way at a time: the next gives up those that nobody has waited for.
     *
     * @param tensor on the device
     * @param host in host memory, to be left alone until it is there
     * @return what waits for it
     */
    default Download beginDownload(Tensor tensor, Tensor host) {
        download(tensor, host);
        return () -> {};
    }

    /** Waits until all that was asked for is done. */
    void synchronize();

    /**
     * {@return true if the device computes with weights where they are: {@link #upload} copies
     * nothing}
     */
    default boolean readsHost() {
        return false;
    }

    /** {@return a way for weights to come while operations go on; the caller closes it} */
    default Feed feed() {
        return new PlainFeed(this);
    }

    /** {@return how many devices this is, which share the work of a denoiser's blocks} */
    default int ranks() {
        return 1;
    }

    /** {@return how this device exchanges bytes with others of its kind; none if it cannot} */
    default Optional<Link> link() {
        return Optional.empty();
    }

    /**
     * {@return bytes that were allocated and uploaded and are there now, and the most there ever
     * were}
     */
    Memory memory();

    /**
     * {@return bytes that an operation takes on the device while it runs, beside its operands; 0
     * for all that take little}
     *
     * @param op the operation, perhaps on operands without bytes
     */
    default long scratchBytes(Op op) {
        return 0;
    }

    /**
     * {@return why this device does not compute an operation, for people; empty if it does} Only
     * what some devices lack is refused: attention and products in 8 bits.
     *
     * @param op the operation, perhaps on operands without bytes
     */
    default Optional<String> refuses(Op op) {
        return op instanceof AttentionOp o && o.precision() == AttentionPrecision.EIGHT_BITS
                ? Optional.of("it computes attention in full precision alone")
                : Optional.empty();
    }

    /** {@return bytes that a run could take here now, or what is known of that} */
    default long capacity() {
        return Long.MAX_VALUE;
    }

    /**
     * Stops the thread that uses this, whose next call throws a {@link ClosedException}, waits
     * until it has left, and frees everything. Closing twice does nothing more.
     *
     * @throws IllegalStateException if this thread has a lease of it
     */
    @Override
    void close();

    /**
     * Bytes in use and the most that were in use.
     *
     * @param live bytes that are allocated now
     * @param peak the most bytes that were allocated at once
     */
    record Memory(long live, long peak) {}
}

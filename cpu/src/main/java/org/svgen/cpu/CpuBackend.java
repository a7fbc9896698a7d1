package org.svgen.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import org.svgen.tensor.HostStorage;
import org.svgen.tensor.Storage;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Link;
import org.svgen.tensor.op.Ops;

/**
 * Off-heap tensors in host memory and operations on all cores. Activations are F32. For one thread
 * at a time.
 */
final class CpuBackend implements Backend {
    /** Names our own matrix product. */
    static final String OWN = "vector";

    private static final long ALIGNMENT = 64;

    private final Parallel parallel;
    private final CpuOps ops;
    // By identity: two records over equal segments are still two allocations.
    private final IdentityHashMap<Storage, Arena> arenas = new IdentityHashMap<>();
    private volatile Memory memory = new Memory(0, 0); // anyone may look at it

    CpuBackend() {
        this(Runtime.getRuntime().availableProcessors(), "auto");
    }

    CpuBackend(int threads, String matrixProduct) {
        this(threads, matrixProduct, () -> {});
    }

    /**
     * @param threads how many threads compute, the calling one included; results do not depend on
     *     it
     * @param matrixProduct {@code vector} for our own, the name of an installed BLAS (see {@link
     *     #matrixLibraries}), or {@code auto} for that library if it is clearly faster
     * @param asked within operations, on the thread that called them; throws to end them
     */
    CpuBackend(int threads, String matrixProduct, Runnable asked) {
        parallel = new Parallel(threads, asked);
        ops = new CpuOps(parallel, matrixProduct);
    }

    /** The BLAS libraries found on this machine. */
    static List<String> matrixLibraries() {
        return CblasGemm.installed().stream().map(CblasGemm::library).toList();
    }

    @Override
    public String name() {
        return "cpu";
    }

    @Override
    public String description() {
        return "%s, %s".formatted(summary(), ops.matrixProduct());
    }

    @Override
    public String summary() {
        return "%d threads, %d-bit vectors".formatted(parallel.threads(), Simd.F.vectorBitSize());
    }

    @Override
    public String arithmetic() {
        return "cpu, %d-bit vectors, %s".formatted(Simd.F.vectorBitSize(), ops.products());
    }

    @Override
    public Ops ops() {
        return ops;
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // release() closes it
    public Storage allocate(long bytes) {
        // Shared, since the threads of the pool compute on it.
        Arena arena = Arena.ofShared();
        MemorySegment segment;
        try {
            segment = arena.allocate(Math.max(bytes, 1), ALIGNMENT);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
        Storage storage = new HostStorage(segment);
        arenas.put(storage, arena);
        count(segment.byteSize());
        return storage;
    }

    @Override
    public void release(Storage storage) {
        Arena arena = arenas.remove(storage);
        if (arena == null) {
            throw new IllegalArgumentException("storage is not live in this backend");
        }
        count(-storage.byteSize());
        arena.close();
    }

    private void count(long bytes) {
        long live = memory.live() + bytes;
        memory = new Memory(live, Math.max(memory.peak(), live));
    }

    @Override
    public Tensor upload(Tensor host) {
        if (!parallel.canRead(host.host())) {
            throw new IllegalArgumentException(
                    host + " is in an arena confined to one thread, expected a shared one");
        }
        return host;
    }

    @Override
    public boolean readsHost() {
        return true;
    }

    @Override
    public long capacity() {
        return HostMemory.available();
    }

    @Override
    public void write(Tensor host, Tensor tensor) {
        copy(host, tensor);
    }

    @Override
    public void download(Tensor tensor, Tensor host) {
        copy(tensor, host);
    }

    private static void copy(Tensor from, Tensor to) {
        if (from.dtype() != to.dtype() || from.elements() != to.elements()) {
            throw new IllegalArgumentException("cannot copy %s to %s".formatted(from, to));
        }
        to.host().copyFrom(from.host());
    }

    @Override
    public void synchronize() {}

    @Override
    public Optional<Link> link() {
        return Optional.of(new HostLink());
    }

    @Override
    public Memory memory() {
        return memory;
    }

    @Override
    public void close() {
        arenas.values().forEach(Arena::close);
        arenas.clear();
        memory = new Memory(0, memory.peak());
        parallel.close();
    }
}

package org.svgen.cuda;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Consumer;
import org.svgen.cuda.ffi.CudaDriver;
import org.svgen.cuda.gpu.Device;
import org.svgen.cuda.gpu.DeviceStorage;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.product.ProductSettings;
import org.svgen.tensor.DType;
import org.svgen.tensor.Storage;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Download;
import org.svgen.tensor.device.Feed;
import org.svgen.tensor.device.GuardedBackend;
import org.svgen.tensor.device.Link;
import org.svgen.tensor.op.Op;
import org.svgen.tensor.op.Ops;

/** Tensors in the memory of one NVIDIA GPU and operations on it. For one thread at a time. */
final class CudaBackend implements Backend {
    private static final long RESERVE = 1L << 30;

    private final Gpu gpu;
    private final CudaOps ops;
    private final Set<DeviceStorage> live = Collections.newSetFromMap(new IdentityHashMap<>());
    private volatile Memory memory = new Memory(0, 0); // anyone may look at it

    /**
     * Opens a GPU.
     *
     * @param architectures whose kernels may be used, the best first
     * @param graphs whether kernels that come again may be started together
     */
    static Backend open(
            CudaDriver driver,
            Device device,
            List<String> architectures,
            ProductSettings products,
            boolean graphs) {
        return GuardedBackend.of(
                "cuda:" + device.index(),
                asked ->
                        new CudaBackend(
                                new Gpu(driver, device, architectures, graphs, asked), products));
    }

    /** Takes {@code gpu} over: closing the backend closes it. */
    private CudaBackend(Gpu gpu, ProductSettings products) {
        this.gpu = gpu;
        ops = new CudaOps(gpu, products);
    }

    @Override
    public String name() {
        return "cuda:" + gpu.device().index();
    }

    @Override
    public String description() {
        return "%s; %s".formatted(gpu.device(), ops.description());
    }

    @Override
    public String summary() {
        return gpu.device().toString();
    }

    @Override
    public String arithmetic() {
        return "%s; %s".formatted(gpu.device(), ops.arithmetic());
    }

    @Override
    public SequencedMap<String, List<String>> kernels() {
        return ops.kernels();
    }

    @Override
    public Ops ops() {
        return this::run;
    }

    private void run(Op op) {
        long there = memory.live() + ops.scratchBytes(op);
        if (there > memory.peak()) {
            memory = new Memory(memory.live(), there);
        }
        ops.run(op);
    }

    @Override
    public long scratchBytes(Op op) {
        return ops.scratchBytes(op);
    }

    @Override
    public Optional<String> refuses(Op op) {
        return ops.refuses(op);
    }

    @Override
    public Storage allocate(long bytes) {
        return take(bytes, "a run's workspace");
    }

    private DeviceStorage take(long bytes, String purpose) {
        ops.forget();
        DeviceStorage storage = new DeviceStorage(gpu.allocate(bytes, purpose), bytes, gpu);
        live.add(storage);
        count(bytes);
        return storage;
    }

    private void count(long bytes) {
        long now = memory.live() + bytes;
        memory = new Memory(now, Math.max(memory.peak(), now));
    }

    @Override
    public void release(Storage storage) {
        if (!(storage instanceof DeviceStorage device) || !live.remove(device)) {
            throw new IllegalArgumentException("storage is not live in this backend");
        }
        ops.forget();
        count(-device.byteSize());
        gpu.free(device.giveBack());
    }

    @Override
    public Tensor upload(Tensor host) {
        return filled(
                host.dtype(),
                host,
                there -> gpu.staging().toDevice(host.host(), DeviceStorage.address(there)));
    }

    /** A weight of the shape of {@code host}, whose memory is given back if filling it fails. */
    private Tensor filled(DType dtype, Tensor host, Consumer<Tensor> fill) {
        DeviceStorage storage = take(Tensor.bytes(dtype, host.shape()), "a weight, " + host);
        try {
            Tensor there = new Tensor(dtype, host.shape(), storage, 0);
            fill.accept(there);
            return there;
        } catch (RuntimeException | Error e) {
            release(storage);
            throw e;
        }
    }

    @Override
    public Tensor upload(Tensor host, DType dtype) {
        if (host.dtype() == dtype) {
            return upload(host);
        }
        return filled(dtype, host, there -> round(host, there));
    }

    private void round(Tensor host, Tensor rounded) {
        try (Gpu.Scratch scratch = gpu.scratch(host.bytes())) {
            gpu.staging().toDevice(host.host(), scratch.address());
            DeviceStorage read = new DeviceStorage(scratch.address(), host.bytes());
            ops.convert(new Tensor(host.dtype(), host.shape(), read, 0), rounded);
        }
    }

    /** For the tensor cores. */
    @Override
    public DType activation() {
        return DType.BF16;
    }

    @Override
    public void write(Tensor host, Tensor tensor) {
        checkCopy(host, tensor);
        ops.forget();
        gpu.staging().toDevice(host.host(), DeviceStorage.address(tensor));
    }

    @Override
    public void download(Tensor tensor, Tensor host) {
        checkCopy(tensor, host);
        gpu.staging().toHost(DeviceStorage.address(tensor), host.host());
    }

    @Override
    public Download beginDownload(Tensor tensor, Tensor host) {
        checkCopy(tensor, host);
        return gpu.downloads().begin(DeviceStorage.address(tensor), host.host());
    }

    private static void checkCopy(Tensor from, Tensor to) {
        if (from.dtype() != to.dtype() || from.elements() != to.elements()) {
            throw new IllegalArgumentException("cannot copy %s to %s".formatted(from, to));
        }
    }

    @Override
    public void synchronize() {
        gpu.synchronize();
    }

    @Override
    public Optional<Link> link() {
        return Optional.of(gpu.link());
    }

    @Override
    public Memory memory() {
        return memory;
    }

    /** Without small partial results of operations, and what the driver needs for itself. */
    @Override
    public long capacity() {
        return Math.max(0, gpu.freeMemory() - RESERVE);
    }

    @Override
    public Feed feed() {
        return new CudaFeed(gpu);
    }

    @Override
    public void close() {
        ops.close();
        live.forEach(storage -> gpu.free(storage.giveBack()));
        live.clear();
        memory = new Memory(0, memory.peak());
        gpu.close();
    }
}

package org.svgen.cuda;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.svgen.tensor.Backend;
import org.svgen.tensor.DType;
import org.svgen.tensor.Feed;
import org.svgen.tensor.Ops;
import org.svgen.tensor.Storage;
import org.svgen.tensor.Tensor;

/** Tensors in the memory of one NVIDIA GPU and operations on it. */
final class CudaBackend implements Backend {
    private static final long RESERVE = 1L << 30;

    private final Gpu gpu;
    private final CudaOps ops;
    private final Set<DeviceStorage> live = Collections.newSetFromMap(new IdentityHashMap<>());
    private long liveBytes;
    private long peakBytes;

    /** Takes {@code gpu} over: closing the backend closes it. */
    CudaBackend(Gpu gpu, Products products) {
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
    public Ops ops() {
        return ops;
    }

    @Override
    public Storage allocate(long bytes) {
        return take(bytes, "a run's workspace");
    }

    private DeviceStorage take(long bytes, String purpose) {
        DeviceStorage storage = new DeviceStorage(gpu.allocate(bytes, purpose), bytes);
        live.add(storage);
        liveBytes += bytes;
        peakBytes = Math.max(peakBytes, liveBytes);
        return storage;
    }

    @Override
    public void release(Storage storage) {
        if (!(storage instanceof DeviceStorage device) || !live.remove(device)) {
            throw new IllegalArgumentException("storage is not live in this backend");
        }
        liveBytes -= device.byteSize();
        gpu.free(device.address());
    }

    @Override
    public Tensor upload(Tensor host) {
        DeviceStorage storage = take(host.bytes(), "a weight, " + host);
        gpu.staging().toDevice(host.host(), storage.address());
        return new Tensor(host.dtype(), host.shape(), storage, 0);
    }

    @Override
    public Tensor upload(Tensor host, DType dtype) {
        if (host.dtype() == dtype) {
            return upload(host);
        }
        DeviceStorage storage = take(Tensor.bytes(dtype, host.shape()), "a weight, " + host);
        Tensor rounded = new Tensor(dtype, host.shape(), storage, 0);
        try (Gpu.Scratch scratch = gpu.scratch(host.bytes())) {
            gpu.staging().toDevice(host.host(), scratch.address());
            DeviceStorage read = new DeviceStorage(scratch.address(), host.bytes());
            ops.convert(new Tensor(host.dtype(), host.shape(), read, 0), rounded);
        }
        return rounded;
    }

    /** For the tensor cores. */
    @Override
    public DType activation() {
        return DType.BF16;
    }

    @Override
    public void write(Tensor host, Tensor tensor) {
        checkCopy(host, tensor);
        gpu.staging().toDevice(host.host(), DeviceStorage.address(tensor));
    }

    @Override
    public void download(Tensor tensor, Tensor host) {
        checkCopy(tensor, host);
        gpu.staging().toHost(DeviceStorage.address(tensor), host.host());
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
    public Memory memory() {
        return new Memory(liveBytes, peakBytes);
    }

    /** Without what operations need for partial results and the driver for itself. */
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
        live.forEach(storage -> gpu.free(storage.address()));
        live.clear();
        liveBytes = 0;
        gpu.close();
    }
}

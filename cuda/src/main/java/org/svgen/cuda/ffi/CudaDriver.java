package org.svgen.cuda.ffi;

import static org.svgen.cuda.ffi.NativeFunctions.FLOAT;
import static org.svgen.cuda.ffi.NativeFunctions.INT;
import static org.svgen.cuda.ffi.NativeFunctions.LONG;
import static org.svgen.cuda.ffi.NativeFunctions.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.svgen.cuda.ffi.NativeFunctions.Function;

/**
 * NVIDIA's driver library, libcuda: what a process needs to compute on a GPU, without the CUDA
 * toolkit. Each method is one C function; handles and device addresses are longs. A failed call
 * throws {@link CudaException}. Functions that work in a context use the calling thread's (see
 * {@link #makeCurrent}).
 */
public final class CudaDriver {
    /** The oldest driver interface that runs the kernels we ship: CUDA 13.0, driver 580. */
    static final int OLDEST = 13000;

    private static final int MAX_DYNAMIC_SHARED_SIZE_BYTES = 8; // CUfunction_attribute
    private static final int RELEASE_THRESHOLD = 4; // CUmemPool_attribute
    private static final int RESERVED_BYTES = 5;
    private static final int USED_BYTES = 7;
    private static final int NON_BLOCKING = 1; // CUstream_flags
    private static final int NOT_READY = 600; // CUresult

    private final NativeFunctions library;
    private final DriverCalls calls;
    private final Function deviceGetAttribute;
    private final Function ctxSetCurrent;
    private final Function streamSynchronize;
    private final Function streamWaitEvent;
    private final Function eventCreate;
    private final Function eventRecord;
    private final Function eventSynchronize;
    private final Function memAllocAsync;
    private final Function memFreeAsync;
    private final Function memcpyHtoDAsync;
    private final Function memcpyDtoHAsync;
    private final Function memcpyDtoDAsync;
    private final Function memsetD32Async;
    private final Function launchKernelEx;
    private final CudaGraphs graphs;
    private final CudaPeers peers;

    private CudaDriver(NativeFunctions library) {
        this.library = library;
        calls = new DriverCalls(library);
        deviceGetAttribute = calls.function("cuDeviceGetAttribute", POINTER, INT, INT);
        ctxSetCurrent = calls.function("cuCtxSetCurrent", LONG);
        streamSynchronize = calls.function("cuStreamSynchronize", LONG);
        streamWaitEvent = calls.function("cuStreamWaitEvent", LONG, LONG, INT);
        eventCreate = calls.function("cuEventCreate", POINTER, INT);
        eventRecord = calls.function("cuEventRecord", LONG, LONG);
        eventSynchronize = calls.function("cuEventSynchronize", LONG);
        memAllocAsync = calls.function("cuMemAllocAsync", POINTER, LONG, LONG);
        memFreeAsync = calls.function("cuMemFreeAsync", LONG, LONG);
        memcpyHtoDAsync = calls.function("cuMemcpyHtoDAsync_v2", LONG, POINTER, LONG, LONG);
        memcpyDtoHAsync = calls.function("cuMemcpyDtoHAsync_v2", POINTER, LONG, LONG, LONG);
        memcpyDtoDAsync = calls.function("cuMemcpyDtoDAsync_v2", LONG, LONG, LONG, LONG);
        memsetD32Async = calls.function("cuMemsetD32Async", LONG, INT, LONG, LONG);
        launchKernelEx = calls.function("cuLaunchKernelEx", POINTER, LONG, POINTER, POINTER);
        graphs = new CudaGraphs(calls);
        peers = new CudaPeers(calls);
    }

    /**
     * Finds and initialises the driver.
     *
     * @param name {@code libcuda.so.1}, or the file of a library that stands in for it
     * @throws DriverUnavailableException if there is none, it is too old or it sees no GPU
     */
    public static CudaDriver open(String name) {
        NativeFunctions library =
                NativeFunctions.open(name)
                        .orElseThrow(() -> DriverUnavailableException.absent(name));
        // Asked for first and by itself: an old driver lacks some of the functions below.
        int version = intResult(library, "cuDriverGetVersion");
        if (version == 0) {
            throw new DriverUnavailableException(
                    "%s is not a working NVIDIA driver: it gives no version".formatted(name));
        }
        if (version < OLDEST) {
            throw new DriverUnavailableException(
                    "the NVIDIA driver is too old: it serves CUDA %s, expected %s or later (driver 580 or later)"
                            .formatted(versionText(version), versionText(OLDEST)));
        }
        CudaDriver driver = new CudaDriver(library);
        int result = driver.calls.function("cuInit", INT).call(0);
        if (result != 0) {
            throw new DriverUnavailableException(
                    "the NVIDIA driver does not start: " + driver.calls.errorName(result));
        }
        if (driver.deviceCount() == 0) {
            throw new DriverUnavailableException("the NVIDIA driver sees no GPU");
        }
        return driver;
    }

    private static int intResult(NativeFunctions library, String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_INT);
            library.find(name, POINTER).ifPresent(function -> function.call(out));
            return out.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /** {@code 13.0} for 13000. */
    public static String versionText(int version) {
        return "%d.%d".formatted(version / 1000, version % 1000 / 10);
    }

    public CudaGraphs graphs() {
        return graphs;
    }

    public CudaPeers peers() {
        return peers;
    }

    /** The highest CUDA version that the driver serves, as {@code 1000 major + 10 minor}. */
    public int version() {
        return intResult(library, "cuDriverGetVersion");
    }

    public int deviceCount() {
        return calls.outInt(calls.function("cuDeviceGetCount", POINTER), "");
    }

    public String deviceName(int device) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(256);
            calls.check(
                    calls.function("cuDeviceGetName", POINTER, INT, INT), "", name, 256, device);
            return name.getString(0);
        }
    }

    public int attribute(DeviceAttribute attribute, int device) {
        return calls.outInt(deviceGetAttribute, " of " + attribute, attribute.number(), device);
    }

    /** Bytes of memory of the device. */
    public long totalMemory(int device) {
        return calls.outLong(calls.function("cuDeviceTotalMem_v2", POINTER, INT), "", device);
    }

    /** Free bytes of the current context's device. */
    public long freeMemory() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment free = arena.allocate(ValueLayout.JAVA_LONG, 2);
            calls.check(
                    calls.function("cuMemGetInfo_v2", POINTER, POINTER),
                    "",
                    free,
                    free.asSlice(Long.BYTES));
            return free.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /** The device's primary context, to be given back by {@link #releaseContext}. */
    public long retainContext(int device) {
        return calls.outLong(calls.function("cuDevicePrimaryCtxRetain", POINTER, INT), "", device);
    }

    public void releaseContext(int device) {
        calls.check(calls.function("cuDevicePrimaryCtxRelease_v2", INT), "", device);
    }

    /** Makes {@code context} the calling thread's. */
    public void makeCurrent(long context) {
        calls.check(ctxSetCurrent, "", context);
    }

    /** A stream that does not wait for the default one. */
    public long createStream() {
        return calls.outLong(calls.function("cuStreamCreate", POINTER, INT), "", NON_BLOCKING);
    }

    public void destroyStream(long stream) {
        calls.check(calls.function("cuStreamDestroy_v2", LONG), "", stream);
    }

    /** Waits until all work of the stream is done; reports what failed in it. */
    public void synchronizeStream(long stream) {
        calls.check(streamSynchronize, "", stream);
    }

    public long createEvent() {
        return calls.outLong(eventCreate, "", 0);
    }

    public void destroyEvent(long event) {
        calls.check(calls.function("cuEventDestroy_v2", LONG), "", event);
    }

    public void recordEvent(long event, long stream) {
        calls.check(eventRecord, "", event, stream);
    }

    /** What {@code stream} is given from now on waits for what {@code event} recorded last. */
    public void waitEvent(long event, long stream) {
        calls.check(streamWaitEvent, "", stream, event, 0);
    }

    public void synchronizeEvent(long event) {
        calls.check(eventSynchronize, "", event);
    }

    /** True if what {@code event} recorded last is done. */
    public boolean happened(long event) {
        Function query = calls.function("cuEventQuery", LONG);
        int result = query.call(event);
        if (result != 0 && result != NOT_READY) {
            throw calls.failed(result, query, "");
        }
        return result == 0;
    }

    /** Milliseconds between two events that have both happened. */
    public float elapsed(long start, long end) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(FLOAT);
            calls.check(
                    calls.function("cuEventElapsedTime", POINTER, LONG, LONG), "", out, start, end);
            return out.get(ValueLayout.JAVA_FLOAT, 0);
        }
    }

    /** Makes the device's memory pool keep what is freed, for the next allocation. */
    public void keepFreedMemory(int device) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_LONG, Long.MAX_VALUE);
            Function set = calls.function("cuMemPoolSetAttribute", LONG, INT, POINTER);
            calls.check(set, "", pool(device), RELEASE_THRESHOLD, value);
        }
    }

    /** Bytes that the pool keeps and nobody uses. */
    public long keptMemory(int device) {
        long pool = pool(device);
        Function get = calls.function("cuMemPoolGetAttribute", LONG, INT, POINTER);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment reserved = arena.allocate(ValueLayout.JAVA_LONG);
            MemorySegment used = arena.allocate(ValueLayout.JAVA_LONG);
            calls.check(get, "", pool, RESERVED_BYTES, reserved);
            calls.check(get, "", pool, USED_BYTES, used);
            return reserved.get(ValueLayout.JAVA_LONG, 0) - used.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /** Gives back to the device what the pool keeps and nobody uses. */
    public void releaseKeptMemory(int device) {
        calls.check(calls.function("cuMemPoolTrimTo", LONG, LONG), "", pool(device), 0L);
    }

    /** What allocations of a device come from. */
    public long pool(int device) {
        return calls.outLong(calls.function("cuDeviceGetDefaultMemPool", POINTER, INT), "", device);
    }

    /**
     * Device memory from the pool, in the order of the stream.
     *
     * @param purpose for the message if it fails, such as {@code the workspace}
     */
    public long allocate(long bytes, long stream, String purpose) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            int result = memAllocAsync.call(out, bytes, stream);
            if (result != 0) {
                throw calls.failed(
                        result, memAllocAsync, " of %s for %s".formatted(size(bytes), purpose));
            }
            return out.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    private static String size(long bytes) {
        if (bytes < 1 << 10) {
            return bytes + " bytes";
        }
        return bytes < 1 << 30
                ? "%.1f MiB".formatted(bytes / 0x1p20)
                : "%.1f GiB".formatted(bytes / 0x1p30);
    }

    public void free(long address, long stream) {
        calls.check(memFreeAsync, "", address, stream);
    }

    /** Host memory that the device copies from and to without help of the processor. */
    public MemorySegment allocatePinned(long bytes) {
        Function alloc = calls.function("cuMemHostAlloc", POINTER, LONG, INT);
        return MemorySegment.ofAddress(calls.outLong(alloc, " of " + size(bytes), bytes, 0))
                .reinterpret(bytes);
    }

    public void freePinned(MemorySegment memory) {
        calls.check(calls.function("cuMemFreeHost", POINTER), "", memory);
    }

    public void copyToDevice(long to, MemorySegment from, long bytes, long stream) {
        calls.check(memcpyHtoDAsync, "", to, from, bytes, stream);
    }

    public void copyToHost(MemorySegment to, long from, long bytes, long stream) {
        calls.check(memcpyDtoHAsync, "", to, from, bytes, stream);
    }

    public void copyOnDevice(long to, long from, long bytes, long stream) {
        calls.check(memcpyDtoDAsync, "", to, from, bytes, stream);
    }

    /** Sets {@code count} 32-bit words to {@code value}. */
    public void fill(long to, int value, long count, long stream) {
        calls.check(memsetD32Async, "", to, value, count, stream);
    }

    /**
     * Loads a cubin, or PTX that ends with a zero byte, from memory.
     *
     * @param what for the message if it fails
     */
    public long loadLibrary(MemorySegment image, String what) {
        MemorySegment none = MemorySegment.NULL;
        Function load =
                calls.function(
                        "cuLibraryLoadData",
                        POINTER,
                        POINTER,
                        POINTER,
                        POINTER,
                        INT,
                        POINTER,
                        POINTER,
                        INT);
        return calls.outLong(load, " of " + what, image, none, none, 0, none, none, 0);
    }

    public void unloadLibrary(long handle) {
        calls.check(calls.function("cuLibraryUnload", LONG), "", handle);
    }

    public long kernel(long loaded, String name) {
        try (Arena arena = Arena.ofConfined()) {
            Function get = calls.function("cuLibraryGetKernel", POINTER, LONG, POINTER);
            return calls.outLong(get, " of " + name, loaded, arena.allocateFrom(name));
        }
    }

    /** Lets a kernel be launched with up to {@code bytes} of dynamic shared memory. */
    public void allowSharedMemory(long kernel, int bytes, int device) {
        Function set = calls.function("cuKernelSetAttribute", INT, INT, LONG, INT);
        int attribute = MAX_DYNAMIC_SHARED_SIZE_BYTES;
        calls.check(set, " of %d bytes".formatted(bytes), attribute, bytes, kernel, device);
    }

    /**
     * Starts a kernel.
     *
     * @param config a {@code CUlaunchConfig}
     * @param arguments pointers to the kernel's arguments, which are copied before this returns
     * @param name for the message if it fails
     */
    public void launch(MemorySegment config, long kernel, MemorySegment arguments, String name) {
        int result = launchKernelEx.call(config, kernel, arguments, MemorySegment.NULL);
        if (result != 0) {
            throw calls.failed(result, launchKernelEx, " of " + name);
        }
    }

    /** Writes the 128 bytes of a tensor map, which are to lie at a multiple of 64. */
    public void encode(TensorMap map, MemorySegment to) {
        try (Arena arena = Arena.ofConfined()) {
            calls.check(
                    calls.function(
                            "cuTensorMapEncodeTiled",
                            POINTER,
                            INT,
                            INT,
                            LONG,
                            POINTER,
                            POINTER,
                            POINTER,
                            POINTER,
                            INT,
                            INT,
                            INT,
                            INT),
                    " of " + map,
                    map.arguments(to, arena));
        }
    }
}

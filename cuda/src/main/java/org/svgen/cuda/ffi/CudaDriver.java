package org.svgen.cuda.ffi;

import static org.svgen.cuda.ffi.NativeFunctions.FLOAT;
import static org.svgen.cuda.ffi.NativeFunctions.INT;
import static org.svgen.cuda.ffi.NativeFunctions.LONG;
import static org.svgen.cuda.ffi.NativeFunctions.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
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

    private final NativeFunctions library;
    private final Function getErrorName;
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

    private CudaDriver(NativeFunctions library) {
        this.library = library;
        getErrorName = function("cuGetErrorName", INT, POINTER);
        deviceGetAttribute = function("cuDeviceGetAttribute", POINTER, INT, INT);
        ctxSetCurrent = function("cuCtxSetCurrent", LONG);
        streamSynchronize = function("cuStreamSynchronize", LONG);
        streamWaitEvent = function("cuStreamWaitEvent", LONG, LONG, INT);
        eventCreate = function("cuEventCreate", POINTER, INT);
        eventRecord = function("cuEventRecord", LONG, LONG);
        eventSynchronize = function("cuEventSynchronize", LONG);
        memAllocAsync = function("cuMemAllocAsync", POINTER, LONG, LONG);
        memFreeAsync = function("cuMemFreeAsync", LONG, LONG);
        memcpyHtoDAsync = function("cuMemcpyHtoDAsync_v2", LONG, POINTER, LONG, LONG);
        memcpyDtoHAsync = function("cuMemcpyDtoHAsync_v2", POINTER, LONG, LONG, LONG);
        memcpyDtoDAsync = function("cuMemcpyDtoDAsync_v2", LONG, LONG, LONG, LONG);
        memsetD32Async = function("cuMemsetD32Async", LONG, INT, LONG, LONG);
        launchKernelEx = function("cuLaunchKernelEx", POINTER, LONG, POINTER, POINTER);
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
                    "%s is not a working NVIDIA driver: it tells no version".formatted(name));
        }
        if (version < OLDEST) {
            throw new DriverUnavailableException(
                    "the NVIDIA driver is too old: it serves CUDA %s, expected %s or later (driver 580 or later)"
                            .formatted(versionText(version), versionText(OLDEST)));
        }
        CudaDriver driver = new CudaDriver(library);
        int result = driver.function("cuInit", INT).call(0);
        if (result != 0) {
            throw new DriverUnavailableException(
                    "the NVIDIA driver does not start: " + driver.errorName(result));
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

    /** The highest CUDA version that the driver serves, as {@code 1000 major + 10 minor}. */
    public int version() {
        return intResult(library, "cuDriverGetVersion");
    }

    public int deviceCount() {
        return outInt(function("cuDeviceGetCount", POINTER), "");
    }

    public String deviceName(int device) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(256);
            check(function("cuDeviceGetName", POINTER, INT, INT), "", name, 256, device);
            return name.getString(0);
        }
    }

    public int attribute(DeviceAttribute attribute, int device) {
        return outInt(deviceGetAttribute, " of " + attribute, attribute.number(), device);
    }

    /** Bytes of memory of the device. */
    public long totalMemory(int device) {
        return outLong(function("cuDeviceTotalMem_v2", POINTER, INT), "", device);
    }

    /** Free bytes of the current context's device. */
    public long freeMemory() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment free = arena.allocate(ValueLayout.JAVA_LONG, 2);
            check(
                    function("cuMemGetInfo_v2", POINTER, POINTER),
                    "",
                    free,
                    free.asSlice(Long.BYTES));
            return free.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    public boolean canAccessPeer(int device, int peer) {
        return outInt(function("cuDeviceCanAccessPeer", POINTER, INT, INT), "", device, peer) != 0;
    }

    /** The device's primary context, to be given back by {@link #releaseContext}. */
    public long retainContext(int device) {
        return outLong(function("cuDevicePrimaryCtxRetain", POINTER, INT), "", device);
    }

    public void releaseContext(int device) {
        check(function("cuDevicePrimaryCtxRelease_v2", INT), "", device);
    }

    /** Makes {@code context} the calling thread's. */
    public void makeCurrent(long context) {
        check(ctxSetCurrent, "", context);
    }

    /** A stream that does not wait for the default one. */
    public long createStream() {
        return outLong(function("cuStreamCreate", POINTER, INT), "", NON_BLOCKING);
    }

    public void destroyStream(long stream) {
        check(function("cuStreamDestroy_v2", LONG), "", stream);
    }

    /** Waits until all work of the stream is done; reports what failed in it. */
    public void synchronizeStream(long stream) {
        check(streamSynchronize, "", stream);
    }

    public long createEvent() {
        return outLong(eventCreate, "", 0);
    }

    public void destroyEvent(long event) {
        check(function("cuEventDestroy_v2", LONG), "", event);
    }

    public void recordEvent(long event, long stream) {
        check(eventRecord, "", event, stream);
    }

    /** What {@code stream} is given from now on waits for what {@code event} recorded last. */
    public void waitEvent(long event, long stream) {
        check(streamWaitEvent, "", stream, event, 0);
    }

    public void synchronizeEvent(long event) {
        check(eventSynchronize, "", event);
    }

    /** Milliseconds between two events that have both happened. */
    public float elapsed(long start, long end) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(FLOAT);
            check(function("cuEventElapsedTime", POINTER, LONG, LONG), "", out, start, end);
            return out.get(ValueLayout.JAVA_FLOAT, 0);
        }
    }

    /** Makes the device's memory pool keep what is freed, for the next allocation. */
    public void keepFreedMemory(int device) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_LONG, Long.MAX_VALUE);
            Function set = function("cuMemPoolSetAttribute", LONG, INT, POINTER);
            check(set, "", pool(device), RELEASE_THRESHOLD, value);
        }
    }

    /** Bytes that the pool keeps and nobody uses. */
    public long keptMemory(int device) {
        long pool = pool(device);
        Function get = function("cuMemPoolGetAttribute", LONG, INT, POINTER);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment reserved = arena.allocate(ValueLayout.JAVA_LONG);
            MemorySegment used = arena.allocate(ValueLayout.JAVA_LONG);
            check(get, "", pool, RESERVED_BYTES, reserved);
            check(get, "", pool, USED_BYTES, used);
            return reserved.get(ValueLayout.JAVA_LONG, 0) - used.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /** Gives back to the device what the pool keeps and nobody uses. */
    public void releaseKeptMemory(int device) {
        check(function("cuMemPoolTrimTo", LONG, LONG), "", pool(device), 0L);
    }

    private long pool(int device) {
        return outLong(function("cuDeviceGetDefaultMemPool", POINTER, INT), "", device);
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
                throw failed(
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
        check(memFreeAsync, "", address, stream);
    }

    /** Host memory that the device copies from and to without help of the processor. */
    public MemorySegment allocatePinned(long bytes) {
        Function alloc = function("cuMemHostAlloc", POINTER, LONG, INT);
        return MemorySegment.ofAddress(outLong(alloc, " of " + size(bytes), bytes, 0))
                .reinterpret(bytes);
    }

    public void freePinned(MemorySegment memory) {
        check(function("cuMemFreeHost", POINTER), "", memory);
    }

    public void copyToDevice(long to, MemorySegment from, long bytes, long stream) {
        check(memcpyHtoDAsync, "", to, from, bytes, stream);
    }

    public void copyToHost(MemorySegment to, long from, long bytes, long stream) {
        check(memcpyDtoHAsync, "", to, from, bytes, stream);
    }

    public void copyOnDevice(long to, long from, long bytes, long stream) {
        check(memcpyDtoDAsync, "", to, from, bytes, stream);
    }

    /** Sets {@code count} 32-bit words to {@code value}. */
    public void fill(long to, int value, long count, long stream) {
        check(memsetD32Async, "", to, value, count, stream);
    }

    /**
     * Loads a cubin, or PTX that ends with a zero byte, from memory.
     *
     * @param what for the message if it fails
     */
    public long loadLibrary(MemorySegment image, String what) {
        MemorySegment none = MemorySegment.NULL;
        Function load =
                function(
                        "cuLibraryLoadData",
                        POINTER,
                        POINTER,
                        POINTER,
                        POINTER,
                        INT,
                        POINTER,
                        POINTER,
                        INT);
        return outLong(load, " of " + what, image, none, none, 0, none, none, 0);
    }

    public void unloadLibrary(long handle) {
        check(function("cuLibraryUnload", LONG), "", handle);
    }

    public long kernel(long loaded, String name) {
        try (Arena arena = Arena.ofConfined()) {
            Function get = function("cuLibraryGetKernel", POINTER, LONG, POINTER);
            return outLong(get, " of " + name, loaded, arena.allocateFrom(name));
        }
    }

    /** Lets a kernel be launched with up to {@code bytes} of dynamic shared memory. */
    public void allowSharedMemory(long kernel, int bytes, int device) {
        Function set = function("cuKernelSetAttribute", INT, INT, LONG, INT);
        int attribute = MAX_DYNAMIC_SHARED_SIZE_BYTES;
        check(set, " of %d bytes".formatted(bytes), attribute, bytes, kernel, device);
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
            throw failed(result, launchKernelEx, " of " + name);
        }
    }

    /** Writes the 128 bytes of a tensor map, which are to lie at a multiple of 64. */
    public void encode(TensorMap map, MemorySegment to) {
        try (Arena arena = Arena.ofConfined()) {
            check(
                    function(
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

    private Function function(String name, MemoryLayout... arguments) {
        return library.find(name, arguments)
                .orElseThrow(() ->
                        new DriverUnavailableException(
                                "the NVIDIA driver has no function " + name));
    }

    private int outInt(Function function, String subject, Object... rest) {
        return (int) outLong(function, subject, rest);
    }

    /** Calls a function whose first argument is where the result goes. */
    private long outLong(Function function, String subject, Object... rest) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            Object[] all = new Object[rest.length + 1];
            all[0] = out;
            System.arraycopy(rest, 0, all, 1, rest.length);
            check(function, subject, all);
            return out.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    private void check(Function function, String subject, Object... arguments) {
        int result = function.call(arguments);
        if (result != 0) {
            throw failed(result, function, subject);
        }
    }

    private CudaException failed(int result, Function function, String subject) {
        String name = function.name().replaceAll("_v\\d$", "");
        return new CudaException(result, "%s in %s%s".formatted(errorName(result), name, subject));
    }

    private String errorName(int result) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            if (getErrorName.call(result, out) != 0) {
                return "CUDA error " + result;
            }
            return out.get(ValueLayout.ADDRESS, 0).reinterpret(128).getString(0);
        }
    }
}

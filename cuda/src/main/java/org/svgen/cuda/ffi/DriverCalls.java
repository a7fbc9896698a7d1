package org.svgen.cuda.ffi;

import static org.svgen.cuda.ffi.NativeFunctions.INT;
import static org.svgen.cuda.ffi.NativeFunctions.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.svgen.cuda.ffi.NativeFunctions.Function;

/** Calls of the driver whose result is a CUresult: anything but 0 is a {@link CudaException}. */
final class DriverCalls {
    private final NativeFunctions library;
    private final Map<String, Function> found = new ConcurrentHashMap<>();
    private final Function getErrorName;

    DriverCalls(NativeFunctions library) {
        this.library = library;
        getErrorName = function("cuGetErrorName", INT, POINTER);
    }

    /** Looked up and linked once, which takes a hundred times as long as a call. */
    Function function(String name, MemoryLayout... arguments) {
        return found.computeIfAbsent(
                name,
                key ->
                        library.find(key, arguments)
                                .orElseThrow(() ->
                                        new DriverUnavailableException(
                                                "the NVIDIA driver has no function " + key)));
    }

    /** As below, of an int. */
    int outInt(Function function, String subject, Object... rest) {
        return (int) outLong(function, subject, rest);
    }

    /** Calls a function whose first argument is where the result goes. */
    long outLong(Function function, String subject, Object... rest) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            Object[] all = new Object[rest.length + 1];
            all[0] = out;
            System.arraycopy(rest, 0, all, 1, rest.length);
            check(function, subject, all);
            return out.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /**
     * @param subject for the message if it fails: behind the function's name
     */
    void check(Function function, String subject, Object... arguments) {
        int result = function.call(arguments);
        if (result != 0) {
            throw failed(result, function, subject);
        }
    }

    CudaException failed(int result, Function function, String subject) {
        String name = function.name().replaceAll("_v\\d$", "");
        return new CudaException(result, "%s in %s%s".formatted(errorName(result), name, subject));
    }

    String errorName(int result) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            if (getErrorName.call(result, out) != 0) {
                return "CUDA error " + result;
            }
            return out.get(ValueLayout.ADDRESS, 0).reinterpret(128).getString(0);
        }
    }
}

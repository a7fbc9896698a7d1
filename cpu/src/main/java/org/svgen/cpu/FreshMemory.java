package org.svgen.cpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import org.svgen.tensor.SvgenException;

/**
 * Memory with undefined content. An arena writes zeros, one thread all of them, which also fetches
 * each page from the system. Here the threads that compute fetch them, when they write.
 */
final class FreshMemory {
    /** Below this, to write zeros takes less time than to call the system. */
    static final long LEAST = 1 << 20;

    private FreshMemory() {}

    /** malloc and free of the C library; linked when they are first wanted. */
    private static final class Libc {
        static final MethodHandle MALLOC =
                link("malloc", FunctionDescriptor.of(ADDRESS, JAVA_LONG));
        static final MethodHandle FREE = link("free", FunctionDescriptor.ofVoid(ADDRESS));

        private static MethodHandle link(String name, FunctionDescriptor shape) {
            Linker linker = Linker.nativeLinker();
            SymbolLookup symbols = linker.defaultLookup();
            return linker.downcallHandle(symbols.findOrThrow(name), shape);
        }
    }

    /**
     * As {@link Arena#allocate(long, long)}, but for what is in it.
     *
     * @throws OutOfMemoryError if the system has none
     */
    static MemorySegment allocate(Arena arena, long bytes, long alignment) {
        if (bytes < LEAST) {
            return arena.allocate(Math.max(bytes, 1), alignment);
        }
        MemorySegment whole = malloc(Math.addExact(bytes, alignment));
        long padding = -whole.address() & (alignment - 1);
        return MemorySegment.ofAddress(whole.address() + padding)
                .reinterpret(bytes, arena, _ -> free(whole));
    }

    private static MemorySegment malloc(long bytes) {
        MemorySegment memory;
        try {
            memory = (MemorySegment) Libc.MALLOC.invokeExact(bytes);
        } catch (Throwable t) {
            throw new SvgenException("malloc failed", t);
        }
        if (memory.address() == 0) {
            throw new OutOfMemoryError("Cannot allocate " + bytes + " bytes");
        }
        return memory;
    }

    private static void free(MemorySegment memory) {
        try {
            Libc.FREE.invokeExact(memory);
        } catch (Throwable t) {
            throw new SvgenException("free failed", t);
        }
    }
}

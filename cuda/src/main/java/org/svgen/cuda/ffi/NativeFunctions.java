package org.svgen.cuda.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.nio.file.Path;
import java.util.Optional;

/** The functions of a C library whose results are ints. */
final class NativeFunctions {
    static final MemoryLayout INT = ValueLayout.JAVA_INT;
    static final MemoryLayout FLOAT = ValueLayout.JAVA_FLOAT;

    /** Handles, device addresses and sizes. */
    static final MemoryLayout LONG = ValueLayout.JAVA_LONG;

    /** Host memory; the segment stays alive during the call. */
    static final MemoryLayout POINTER = ValueLayout.ADDRESS;

    private final SymbolLookup symbols;

    private NativeFunctions(SymbolLookup symbols) {
        this.symbols = symbols;
    }

    /**
     * Opens a library for as long as the JVM runs.
     *
     * @param library a file, or a name that the system's loader looks for
     */
    static Optional<NativeFunctions> open(String library) {
        try {
            // The arena of a library whose threads may run on must not be closed.
            SymbolLookup symbols =
                    library.contains("/")
                            ? SymbolLookup.libraryLookup(Path.of(library), Arena.global())
                            : SymbolLookup.libraryLookup(library, Arena.global());
            return Optional.of(new NativeFunctions(symbols));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    Optional<Function> find(String name, MemoryLayout... arguments) {
        return symbols.find(name).map(address -> bind(name, address, arguments));
    }

    private static Function bind(String name, MemorySegment address, MemoryLayout... arguments) {
        MethodHandle handle =
                Linker.nativeLinker()
                        .downcallHandle(
                                address, FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments));
        MethodType generic = MethodType.genericMethodType(arguments.length);
        MethodHandle spread =
                handle.asType(generic.changeReturnType(int.class))
                        .asSpreader(Object[].class, arguments.length);
        return new Function(name, spread);
    }

    /** A function with its C name. */
    record Function(String name, MethodHandle handle) {
        int call(Object... arguments) {
            try {
                return (int) handle.invokeExact(arguments);
            } catch (RuntimeException | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new IllegalStateException(e); // a downcall throws no checked exception
            }
        }
    }
}

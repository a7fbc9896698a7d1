package org.svgen.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.svgen.cuda.ffi.CublasLt;
import org.svgen.cuda.product.ProductSettings;
import org.svgen.cuda.product.ProductSettings.Wanted;

/** The library that stands in for cuBLASLt on the emulated GPU (src/test/native/cublaslt.cpp). */
final class EmulatedCublasLt {
    private EmulatedCublasLt() {}

    /** Its file. */
    static String library() {
        return Path.of(EmulatedGpu.library()).resolveSibling("libcublasLt.so").toString();
    }

    static Optional<CublasLt> find() {
        return CublasLt.find(List.of(library()));
    }

    static ProductSettings wanted(Wanted wanted) {
        return new ProductSettings(wanted, EmulatedCublasLt::find);
    }

    /** How many products it has computed. */
    static int products() {
        return call("svgen_products");
    }

    /** How many of its objects have not been destroyed. */
    static int live() {
        return call("svgen_live");
    }

    private static int call(String function) {
        SymbolLookup symbols = SymbolLookup.libraryLookup(Path.of(library()), Arena.global());
        try {
            return (int)
                    Linker.nativeLinker()
                            .downcallHandle(
                                    symbols.find(function).orElseThrow(),
                                    FunctionDescriptor.of(ValueLayout.JAVA_INT))
                            .invokeExact();
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}

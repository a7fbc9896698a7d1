package org.svgen.cpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;
import org.svgen.tensor.SvgenException;

/** The matrix product of an installed C BLAS, called without any binding of ours to build. */
final class CblasGemm {
    private static final List<String> NAMES =
            List.of(
                    "libopenblas.so.0",
                    "libmkl_rt.so.2",
                    "libblis.so.4",
                    "libblas.so.3",
                    "/System/Library/Frameworks/Accelerate.framework/Accelerate",
                    "libopenblas.dll");

    // enum CBLAS_LAYOUT and CBLAS_TRANSPOSE of cblas.h
    private static final int ROW_MAJOR = 101;
    private static final int NO_TRANSPOSE = 111;
    private static final int TRANSPOSE = 112;

    private final String library;
    private final MethodHandle sgemm;

    private CblasGemm(String library, MethodHandle sgemm) {
        this.library = library;
        this.sgemm = sgemm;
    }

    /** Those that this machine has, the one most likely to be fast first. */
    static List<CblasGemm> installed() {
        return NAMES.stream().map(CblasGemm::open).flatMap(Optional::stream).toList();
    }

    private static Optional<CblasGemm> open(String library) {
        try {
            return SymbolLookup.libraryLookup(library, Arena.global())
                    .find("cblas_sgemm")
                    .map(symbol -> new CblasGemm(library, bind(symbol)));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // not installed
        }
    }

    private static MethodHandle bind(MemorySegment symbol) {
        return Linker.nativeLinker()
                .downcallHandle(
                        symbol,
                        FunctionDescriptor.ofVoid(
                                JAVA_INT,
                                JAVA_INT,
                                JAVA_INT,
                                JAVA_INT,
                                JAVA_INT,
                                JAVA_INT,
                                JAVA_FLOAT,
                                ADDRESS,
                                JAVA_INT,
                                ADDRESS,
                                JAVA_INT,
                                JAVA_FLOAT,
                                ADDRESS,
                                JAVA_INT));
    }

    String library() {
        return library;
    }

    /** {@code c = a b^T}; off-heap floats: M rows of K, N rows of K, M rows of N. */
    void multiply(int m, int n, int k, MemorySegment a, MemorySegment b, MemorySegment c) {
        try {
            sgemm.invokeExact(
                    ROW_MAJOR, NO_TRANSPOSE, TRANSPOSE, m, n, k, 1f, a, k, b, k, 0f, c, n);
        } catch (Throwable t) {
            throw new SvgenException("cblas_sgemm of " + library + " failed", t);
        }
    }
}

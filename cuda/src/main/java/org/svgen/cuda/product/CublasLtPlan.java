package org.svgen.cuda.product;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.svgen.cuda.ffi.CublasLt;
import org.svgen.cuda.ffi.CublasLt.Epilogue;

/**
 * What the library wants to know of products of one kind, and the algorithm that it proposed. Our
 * rows are its columns: it computes {@code out^T = weight x^T}.
 *
 * @param bias true if a product adds one, whose address the description gets before
 * @param weight layout of the weights
 */
record CublasLtPlan(
        long description, boolean bias, long weight, long x, long out, MemorySegment algorithm) {
    /**
     * A kind of product, {@code out [m, n] = x [m, k] weight [n, k]^T}.
     *
     * @param stride elements from one row of the weights to the next
     */
    record Kind(int m, int n, int k, int stride, Epilogue epilogue, CublasLt.Type out) {}

    /**
     * The plan of a kind, if the library has an algorithm for it.
     *
     * @param bias an address as those that products will have, in a long
     * @param workspace bytes that the algorithm may use
     */
    static Optional<CublasLtPlan> of(
            CublasLt library, long handle, Kind kind, MemorySegment bias, long workspace) {
        long description = library.createDescription(kind.epilogue);
        boolean hasBias = kind.epilogue == Epilogue.BIAS || kind.epilogue == Epilogue.GELU_BIAS;
        if (hasBias) {
            library.setBias(description, bias);
        }
        long weight = library.createLayout(CublasLt.Type.BF16, kind.k, kind.n, kind.stride);
        long x = library.createLayout(CublasLt.Type.BF16, kind.k, kind.m, kind.k);
        long out = library.createLayout(kind.out, kind.n, kind.m, kind.n);
        Optional<MemorySegment> algorithm =
                library.algorithm(handle, description, weight, x, out, workspace, Arena.ofAuto());
        if (algorithm.isEmpty()) {
            free(library, description, weight, x, out);
        }
        return algorithm.map(
                found -> new CublasLtPlan(description, hasBias, weight, x, out, found));
    }

    void free(CublasLt library) {
        free(library, description, weight, x, out);
    }

    private static void free(CublasLt library, long description, long weight, long x, long out) {
        library.destroyLayout(out);
        library.destroyLayout(x);
        library.destroyLayout(weight);
        library.destroyDescription(description);
    }
}

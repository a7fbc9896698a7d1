package org.svgen.cuda.ffi;

import static org.svgen.cuda.ffi.NativeFunctions.INT;
import static org.svgen.cuda.ffi.NativeFunctions.LONG;
import static org.svgen.cuda.ffi.NativeFunctions.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import org.svgen.cuda.ffi.NativeFunctions.Function;

/**
 * NVIDIA's cuBLASLt, where somebody has installed it: as much of it as products of bf16 matrices
 * with sums in f32 need. Each method is one C function, or those of one short-lived object; handles
 * and device addresses are longs. A failed call throws {@link CublasLtException}. The library works
 * in the calling thread's context. Its matrices lie column by column.
 */
public final class CublasLt {
    /** Those that are looked for, the newest first. */
    public static final List<String> NAMES =
            List.of("libcublasLt.so.13", "libcublasLt.so.12", "libcublasLt.so");

    // cublasStatus_t
    static final int INVALID_VALUE = 7;
    static final int NOT_SUPPORTED = 15;

    private static final int SUMS_F32 = 68; // cublasComputeType_t
    private static final int F32 = 0; // cudaDataType

    // cublasLtMatmulDescAttributes_t
    private static final int TRANSPOSE_A = 3;
    private static final int EPILOGUE = 7;
    private static final int BIAS_POINTER = 8;

    // cublasLtMatmulPreferenceAttributes_t
    private static final int WORKSPACE_BYTES = 1;
    private static final int REDUCTIONS = 3;
    private static final int ALIGNMENT_OF_A = 5;
    private static final int ALIGNMENT_OF_D = 8;

    private static final int REDUCE_IN_F32 = 2; // cublasLtReductionScheme_t
    private static final int ALGORITHM_BYTES = 64;
    private static final int PROPOSAL_BYTES = 96; // cublasLtMatmulHeuristicResult_t
    private static final int PROPOSAL_STATE = 72;

    /** Of operands and results, in bytes; algorithms that need more are not proposed. */
    public static final int ALIGNMENT = 16;

    private final String name;
    private final NativeFunctions library;
    private final Function setOfDescription;
    private final Function multiply;

    private CublasLt(String name, NativeFunctions library) {
        this.name = name;
        this.library = library;
        setOfDescription = function("cublasLtMatmulDescSetAttribute", LONG, INT, POINTER, LONG);
        multiply =
                function(
                        "cublasLtMatmul",
                        LONG,
                        LONG,
                        POINTER,
                        LONG,
                        LONG,
                        LONG,
                        LONG,
                        POINTER,
                        LONG,
                        LONG,
                        LONG,
                        LONG,
                        POINTER,
                        LONG,
                        LONG,
                        LONG);
    }

    /** The first of {@code names}, files or names that the system's loader looks for. */
    public static Optional<CublasLt> find(List<String> names) {
        for (String name : names) {
            Optional<NativeFunctions> library = NativeFunctions.open(name);
            if (library.isPresent() && library.get().find("cublasLtMatmul").isPresent()) {
                return Optional.of(new CublasLt(name, library.get()));
            }
        }
        return Optional.empty();
    }

    /** Element types ({@code cudaDataType}). */
    public enum Type {
        F32(CublasLt.F32),
        BF16(14);

        private final int number;

        Type(int number) {
            this.number = number;
        }
    }

    /** What is done to a product before it is stored ({@code cublasLtEpilogue_t}). */
    public enum Epilogue {
        NONE(1),
        BIAS(4),
        /** In the approximation with tanh. */
        GELU(32),
        GELU_BIAS(36);

        private final int number;

        Epilogue(int number) {
            this.number = number;
        }
    }

    /** The name or file that it was found by. */
    public String name() {
        return name;
    }

    public long create() {
        return outLong(function("cublasLtCreate", POINTER));
    }

    public void destroy(long handle) {
        check(function("cublasLtDestroy", LONG), handle);
    }

    /** Of a product {@code D = epilogue(alpha A^T B + beta C)}. */
    public long createDescription(Epilogue epilogue) {
        Function create = function("cublasLtMatmulDescCreate", POINTER, INT, INT);
        long description = outLong(create, SUMS_F32, F32);
        try (Arena arena = Arena.ofConfined()) {
            set(description, TRANSPOSE_A, arena.allocateFrom(ValueLayout.JAVA_INT, 1));
            set(description, EPILOGUE, arena.allocateFrom(ValueLayout.JAVA_INT, epilogue.number));
        }
        return description;
    }

    /**
     * Sets the address of what a product adds to each column.
     *
     * @param address a long; it has been read when this returns
     */
    public void setBias(long description, MemorySegment address) {
        set(description, BIAS_POINTER, address);
    }

    private void set(long description, int attribute, MemorySegment value) {
        check(setOfDescription, description, attribute, value, value.byteSize());
    }

    public void destroyDescription(long description) {
        check(function("cublasLtMatmulDescDestroy", LONG), description);
    }

    /**
     * Of a matrix.
     *
     * @param stride elements from one column to the next
     */
    public long createLayout(Type type, long rows, long columns, long stride) {
        Function create = function("cublasLtMatrixLayoutCreate", POINTER, INT, LONG, LONG, LONG);
        return outLong(create, type.number, rows, columns, stride);
    }

    public void destroyLayout(long layout) {
        check(function("cublasLtMatrixLayoutDestroy", LONG), layout);
    }

    /**
     * The algorithm that the library proposes for a product, if it has one. Sums of parts are kept
     * in f32.
     *
     * @param d layout of C and of D
     * @param workspace bytes that the algorithm may use
     */
    public Optional<MemorySegment> algorithm(
            long handle, long description, long a, long b, long d, long workspace, Arena owner) {
        long preference = outLong(function("cublasLtMatmulPreferenceCreate", POINTER));
        try (Arena arena = Arena.ofConfined()) {
            prefer(
                    preference,
                    WORKSPACE_BYTES,
                    arena.allocateFrom(ValueLayout.JAVA_LONG, workspace));
            prefer(preference, REDUCTIONS, arena.allocateFrom(ValueLayout.JAVA_INT, REDUCE_IN_F32));
            MemorySegment alignment = arena.allocateFrom(ValueLayout.JAVA_INT, ALIGNMENT);
            for (int attribute = ALIGNMENT_OF_A; attribute <= ALIGNMENT_OF_D; attribute++) {
                prefer(preference, attribute, alignment);
            }
            MemorySegment proposal = arena.allocate(PROPOSAL_BYTES, 8);
            MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
            Function ask =
                    function(
                            "cublasLtMatmulAlgoGetHeuristic",
                            LONG,
                            LONG,
                            LONG,
                            LONG,
                            LONG,
                            LONG,
                            LONG,
                            INT,
                            POINTER,
                            POINTER);
            int status = ask.call(handle, description, a, b, d, d, preference, 1, proposal, count);
            if (status == NOT_SUPPORTED || status == INVALID_VALUE) {
                return Optional.empty();
            }
            check(status, ask);
            if (count.get(ValueLayout.JAVA_INT, 0) == 0
                    || proposal.get(ValueLayout.JAVA_INT, PROPOSAL_STATE) != 0) {
                return Optional.empty();
            }
            MemorySegment algorithm = owner.allocate(ALGORITHM_BYTES, 8);
            return Optional.of(algorithm.copyFrom(proposal.asSlice(0, ALGORITHM_BYTES)));
        } finally {
            check(function("cublasLtMatmulPreferenceDestroy", LONG), preference);
        }
    }

    private void prefer(long preference, int attribute, MemorySegment value) {
        Function set = function("cublasLtMatmulPreferenceSetAttribute", LONG, INT, POINTER, LONG);
        check(set, preference, attribute, value, value.byteSize());
    }

    /** A matrix: where it lies and its layout. */
    public record Matrix(long address, long layout) {}

    /** Device memory that a product may use. */
    public record Space(long address, long bytes) {}

    /**
     * Starts {@code D = epilogue(alpha A^T B + beta D)}.
     *
     * @param alpha a float
     * @param beta a float; if it is 0, D is not read
     */
    public void multiply(
            long handle,
            long description,
            MemorySegment alpha,
            Matrix a,
            Matrix b,
            MemorySegment beta,
            Matrix d,
            MemorySegment algorithm,
            Space space,
            long stream) {
        check(
                multiply,
                handle,
                description,
                alpha,
                a.address,
                a.layout,
                b.address,
                b.layout,
                beta,
                d.address,
                d.layout,
                d.address,
                d.layout,
                algorithm,
                space.address,
                space.bytes,
                stream);
    }

    private Function function(String function, MemoryLayout... arguments) {
        return library.find(function, arguments)
                .orElseThrow(() -> new CublasLtException(name + " has no function " + function));
    }

    /** Calls a function whose first argument is where the result goes. */
    private static long outLong(Function function, Object... rest) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            Object[] all = new Object[rest.length + 1];
            all[0] = out;
            System.arraycopy(rest, 0, all, 1, rest.length);
            check(function, all);
            return out.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    private static void check(Function function, Object... arguments) {
        check(function.call(arguments), function);
    }

    private static void check(int status, Function function) {
        if (status != 0) {
            throw CublasLtException.of(status, function.name());
        }
    }
}

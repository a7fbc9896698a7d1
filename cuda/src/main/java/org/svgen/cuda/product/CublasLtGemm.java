package org.svgen.cuda.product;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.svgen.cuda.ffi.CublasLt;
import org.svgen.cuda.ffi.CublasLt.Epilogue;
import org.svgen.cuda.ffi.CublasLt.Matrix;
import org.svgen.cuda.ffi.CublasLt.Space;
import org.svgen.cuda.gpu.DeviceStorage;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.cuda.product.CublasLtPlan.Kind;
import org.svgen.tensor.DType;
import org.svgen.tensor.OutOfDeviceMemoryException;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;

/** Matrix products of bf16 operands by cuBLASLt. */
final class CublasLtGemm implements AutoCloseable {
    private static final long WORKSPACE = 32 << 20;

    private final Gpu gpu;
    private final CublasLt library;
    private final long handle;
    private final Space workspace;
    private final Map<Kind, Optional<CublasLtPlan>> plans = new HashMap<>();
    private final MemorySegment zero = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, 0);
    private final MemorySegment one = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, 1);
    private final MemorySegment biasAddress = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG);

    /**
     * @throws OutOfDeviceMemoryException if there is no room for the library's workspace
     */
    CublasLtGemm(Gpu gpu, CublasLt library) {
        this.gpu = gpu;
        this.library = library;
        gpu.driver();
        handle = library.create();
        try {
            workspace =
                    new Space(gpu.allocate(WORKSPACE, "workspace of " + library.name()), WORKSPACE);
        } catch (OutOfDeviceMemoryException e) {
            library.destroy(handle);
            throw e;
        }
    }

    /** True if the library has an algorithm for {@code p}. */
    boolean has(Product p) {
        gpu.driver();
        setBias(p);
        return plan(first(p)) != null && (p.y() == null || plan(second(p)) != null);
    }

    /**
     * Computes what the library {@linkplain #has has} an algorithm for. With {@code y}, what {@code
     * x} gives is stored in the type of {@code out} before the rest is added: in bf16 it is rounded
     * once more, an error as large as that of storing the result.
     */
    void run(Product p) {
        gpu.driver();
        setBias(p);
        Tensor y = p.y();
        long weights = DeviceStorage.address(p.weight());
        multiply(known(first(p)), weights, p.x(), zero, p.out());
        if (y != null) {
            long further = (long) p.x().size(-1) * p.weight().dtype().bytes();
            multiply(known(second(p)), weights + further, y, one, p.out());
        }
    }

    private void setBias(Product p) {
        Tensor bias = p.bias();
        biasAddress.set(ValueLayout.JAVA_LONG, 0, bias == null ? 0 : DeviceStorage.address(bias));
    }

    /** The product with {@code x}. */
    private static Kind first(Product p) {
        Epilogue epilogue = p.y() == null ? last(p) : Epilogue.NONE;
        return new Kind(p.m(), p.n(), p.x().size(-1), p.k(), epilogue, type(p));
    }

    /** The product with {@code y}, which is added to that with {@code x}. */
    private static Kind second(Product p) {
        return new Kind(p.m(), p.n(), p.k() - p.x().size(-1), p.k(), last(p), type(p));
    }

    private static CublasLt.Type type(Product p) {
        return p.out().dtype() == DType.BF16 ? CublasLt.Type.BF16 : CublasLt.Type.F32;
    }

    private static Epilogue last(Product p) {
        return epilogue(p.f(), p.bias() != null);
    }

    private CublasLtPlan known(Kind kind) {
        CublasLtPlan plan = plan(kind);
        if (plan == null) {
            throw new IllegalArgumentException("no algorithm for " + kind);
        }
        return plan;
    }

    private static Epilogue epilogue(Activation f, boolean bias) {
        return f == Activation.GELU_TANH
                ? bias ? Epilogue.GELU_BIAS : Epilogue.GELU
                : bias ? Epilogue.BIAS : Epilogue.NONE;
    }

    private @Nullable CublasLtPlan plan(Kind kind) {
        Optional<CublasLtPlan> plan = plans.get(kind);
        if (plan == null) {
            plan = CublasLtPlan.of(library, handle, kind, biasAddress, workspace.bytes());
            plans.put(kind, plan);
        }
        return plan.orElse(null);
    }

    private void multiply(
            CublasLtPlan plan, long weights, Tensor x, MemorySegment beta, Tensor out) {
        if (plan.bias()) {
            library.setBias(plan.description(), biasAddress);
        }
        library.multiply(
                handle,
                plan.description(),
                one,
                new Matrix(weights, plan.weight()),
                new Matrix(DeviceStorage.address(x), plan.x()),
                beta,
                new Matrix(DeviceStorage.address(out), plan.out()),
                plan.algorithm(),
                workspace,
                gpu.stream());
    }

    @Override
    public void close() {
        gpu.driver();
        plans.values().forEach(plan -> plan.ifPresent(known -> known.free(library)));
        plans.clear();
        gpu.free(workspace.address());
        library.destroy(handle);
    }
}

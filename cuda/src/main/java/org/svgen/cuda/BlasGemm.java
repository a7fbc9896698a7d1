package org.svgen.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.svgen.cuda.BlasPlan.Kind;
import org.svgen.cuda.ffi.CublasLt;
import org.svgen.cuda.ffi.CublasLt.Epilogue;
import org.svgen.cuda.ffi.CublasLt.Matrix;
import org.svgen.cuda.ffi.CublasLt.Space;
import org.svgen.tensor.DType;
import org.svgen.tensor.OutOfDeviceMemoryException;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;

/** Matrix products of bf16 operands by cuBLASLt. */
final class BlasGemm implements AutoCloseable {
    private static final long WORKSPACE = 32 << 20;
    private static final int GROUP = CublasLt.ALIGNMENT / 2; // bf16 elements

    private final Gpu gpu;
    private final CublasLt library;
    private final long handle;
    private final Space workspace;
    private final Map<Kind, Optional<BlasPlan>> plans = new HashMap<>();
    private final MemorySegment zero = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, 0);
    private final MemorySegment one = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, 1);
    private final MemorySegment biasAddress = Arena.ofAuto().allocate(ValueLayout.JAVA_LONG);

    /**
     * @throws OutOfDeviceMemoryException if there is no room for the library's workspace
     */
    BlasGemm(Gpu gpu, CublasLt library) {
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

    /**
     * True if the library may be asked. It rounds bias and result alike.
     *
     * @param y columns to the right of those of {@code x}, if there are any
     */
    static boolean takes(
            Tensor x,
            @Nullable Tensor y,
            Tensor weight,
            @Nullable Tensor bias,
            Activation f,
            Tensor out) {
        return out.elements() > 0
                && operand(x)
                && (y == null || operand(y))
                && operand(weight)
                && Wide.rows(GROUP, weight.size(0), out)
                && (bias == null || (bias.dtype() == out.dtype() && Wide.rows(GROUP, 0, bias)))
                && switch (f) {
                    case NONE -> out.dtype() == DType.BF16 || out.dtype() == DType.F32;
                    case GELU_TANH -> out.dtype() == DType.BF16;
                    default -> false;
                };
    }

    private static boolean operand(Tensor x) {
        return x.dtype() == DType.BF16 && Wide.rows(GROUP, x.size(-1), x);
    }

    /**
     * {@code f([x | y] weight^T + bias)}. With {@code y}, what {@code x} gives is stored in the
     * type of {@code out} before the rest is added: in bf16 it is rounded once more, an error as
     * large as that of storing the result.
     *
     * @return false if the library has no algorithm for it; then nothing has been done
     */
    boolean linear(
            Tensor x,
            @Nullable Tensor y,
            Tensor weight,
            @Nullable Tensor bias,
            Activation f,
            Tensor out) {
        gpu.driver();
        int n = weight.size(0);
        int stride = weight.size(1);
        int m = Math.toIntExact(out.elements() / n);
        int k = x.size(-1);
        CublasLt.Type type = out.dtype() == DType.BF16 ? CublasLt.Type.BF16 : CublasLt.Type.F32;
        Epilogue last = epilogue(f, bias != null);
        biasAddress.set(ValueLayout.JAVA_LONG, 0, bias == null ? 0 : DeviceStorage.address(bias));
        BlasPlan first = plan(new Kind(m, n, k, stride, y == null ? last : Epilogue.NONE, type));
        if (first == null) {
            return false;
        }
        long weights = DeviceStorage.address(weight);
        if (y == null) {
            multiply(first, weights, x, zero, out);
            return true;
        }
        BlasPlan second = plan(new Kind(m, n, stride - k, stride, last, type));
        if (second == null) {
            return false;
        }
        multiply(first, weights, x, zero, out);
        multiply(second, weights + (long) k * weight.dtype().bytes(), y, one, out);
        return true;
    }

    private static Epilogue epilogue(Activation f, boolean bias) {
        return f == Activation.GELU_TANH
                ? bias ? Epilogue.GELU_BIAS : Epilogue.GELU
                : bias ? Epilogue.BIAS : Epilogue.NONE;
    }

    private @Nullable BlasPlan plan(Kind kind) {
        Optional<BlasPlan> plan = plans.get(kind);
        if (plan == null) {
            plan = BlasPlan.of(library, handle, kind, biasAddress, workspace.bytes());
            plans.put(kind, plan);
        }
        return plan.orElse(null);
    }

    private void multiply(BlasPlan plan, long weights, Tensor x, MemorySegment beta, Tensor out) {
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

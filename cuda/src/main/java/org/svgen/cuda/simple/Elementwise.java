package org.svgen.cuda.simple;

import org.jspecify.annotations.Nullable;
import org.svgen.cuda.gpu.Alignment;
import org.svgen.cuda.gpu.DeviceStorage;
import org.svgen.cuda.gpu.Gpu;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;

/** Operations that treat each element alone: kernels of elementwise.cu. */
public final class Elementwise {
    private static final String SOURCE = "elementwise";
    private static final int THREADS = 256;

    /** Rows that are worth a thread for each four columns. */
    private static final int WIDE_COLUMNS = 512;

    /** For each multiprocessor, some times what runs there at once. */
    private static final int BLOCKS = 32;

    // The enum Operation of the source.
    private static final int FILL = 0;
    private static final int COMBINE = 1;
    private static final int MULTIPLY = 2;
    private static final int ACTIVATE = 3;
    private static final int ADD_GATED = 4;

    private final Gpu gpu;

    public Elementwise(Gpu gpu) {
        this.gpu = gpu;
    }

    public void fill(float value, Tensor out) {
        if (out.dtype() == DType.I32) {
            gpu.driver()
                    .fill(DeviceStorage.address(out), (int) value, out.elements(), gpu.stream());
            return;
        }
        run(FILL, Activation.NONE, value, null, 0, null, out, null);
    }

    public void combine(float a, Tensor x, float b, Tensor y, Tensor out) {
        run(COMBINE, Activation.NONE, a, x, b, y, out, null);
    }

    public void multiply(Tensor x, Tensor y, Tensor out) {
        run(MULTIPLY, Activation.NONE, 0, x, 0, y, out, null);
    }

    public void activate(Activation f, Tensor x, Tensor out) {
        run(ACTIVATE, f, 0, x, 0, null, out, null);
    }

    /** {@code out += gate * x}, the gate one row of x; counts into faults what is not finite. */
    public void addGated(Tensor x, Tensor gate, Tensor out, @Nullable Tensor faults) {
        int columns = Math.toIntExact(gate.elements());
        if (columns >= WIDE_COLUMNS && Alignment.rows(4, columns, x, gate, out)) {
            addWide(x, gate, out, faults, columns);
            return;
        }
        run(ADD_GATED, Activation.NONE, 0, x, 0, gate, out, faults);
    }

    private void addWide(Tensor x, Tensor gate, Tensor out, @Nullable Tensor faults, int columns) {
        long rows = x.elements() / columns;
        int groups = columns / 4;
        int across = Math.ceilDiv(groups, THREADS);
        long down = Math.ceilDiv((long) BLOCKS * gpu.device().multiprocessors(), across);
        gpu.kernel(SOURCE, "add_gated")
                .elements(x)
                .elements(gate)
                .elements(out)
                .i64(rows)
                .i32(groups)
                .pointer(faults)
                .start(across, Math.min(rows, down), 1, THREADS);
    }

    private void run(
            int operation,
            Activation f,
            float a,
            @Nullable Tensor x,
            float b,
            @Nullable Tensor y,
            Tensor out,
            @Nullable Tensor faults) {
        long count = out.elements();
        long period = y == null ? count : y.elements();
        boolean wide = count % 4 == 0 && Alignment.rows(4, period, x, y, out);
        gpu.kernel(SOURCE, "elementwise")
                .struct()
                .i32(operation)
                .i32(f.ordinal())
                .f32(a)
                .f32(b)
                .elements(x)
                .elements(y)
                .elements(out)
                .i64(period)
                .pointer(faults)
                .end()
                .i64(count)
                .flag(wide)
                .start(wide ? count / 4 : count, THREADS);
    }

    public void countNonFinite(Tensor x, Tensor out) {
        long count = x.elements();
        boolean wide = Alignment.rows(4, count, x);
        gpu.driver().fill(DeviceStorage.address(out), 0, 1, gpu.stream());
        gpu.kernel(SOURCE, "count_non_finite")
                .elements(x)
                .i64(count)
                .flag(wide)
                .pointer(out)
                .start(wide ? count / 4 : count, THREADS);
    }

    /**
     * Sums of {@code |x - y|}, or of {@code |x|}, over as many shares as {@code out} has elements.
     */
    public void distance(Tensor x, @Nullable Tensor y, Tensor out) {
        int shares = Math.toIntExact(out.elements());
        gpu.kernel(SOURCE, "distance")
                .elements(x)
                .elements(y)
                .i64(x.elements())
                .pointer(out)
                .start(shares, 1, 1, THREADS);
    }
}

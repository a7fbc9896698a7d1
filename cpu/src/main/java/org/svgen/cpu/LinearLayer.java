package org.svgen.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.LinearOp;
import org.svgen.tensor.op.Weight;

/**
 * {@code f(x weight^T + bias)} by our own matrix product or by an installed library, whichever is
 * faster here. The library must be clearly faster: so the choice, and with it the last bits of
 * every result, does not depend on what else the machine does.
 */
final class LinearLayer {
    /** Work below which calling a library does not pay, in multiplications. */
    private static final long MIN_LIBRARY_MULTIPLICATIONS = 1 << 18;

    /**
     * What was measured in this process, by number of threads: measured again, on a machine that is
     * busy now, the choice could be another and the same request would give other bits.
     */
    private static final Map<Integer, Choice> MEASURED = new ConcurrentHashMap<>();

    private final Parallel parallel;
    private final VectorGemm own;
    private final String wanted;
    private @Nullable Choice choice;

    /**
     * @param wanted {@code auto}, {@code vector} or the name of an installed library
     */
    LinearLayer(Parallel parallel, VectorGemm own, String wanted) {
        this.parallel = parallel;
        this.own = own;
        this.wanted = wanted;
        if (!wanted.equals("auto")) {
            choice = forced();
        }
    }

    private record Choice(Optional<CblasGemm> library, String reason) {}

    /** Which product is used, and why. */
    String description() {
        return choice().reason;
    }

    /** Which product is used. */
    String name() {
        return choice().library.map(c -> "products of " + c.library()).orElse("own products");
    }

    private Choice choice() {
        if (choice == null) {
            choice = MEASURED.computeIfAbsent(parallel.threads(), _ -> calibrate());
        }
        return choice;
    }

    private Choice forced() {
        if (wanted.equals(CpuBackend.OWN)) {
            return new Choice(Optional.empty(), "own matrix product, as asked");
        }
        List<CblasGemm> all = CblasGemm.installed();
        for (CblasGemm cblas : all) {
            if (cblas.library().equals(wanted)) {
                return new Choice(Optional.of(cblas), "matrix product of " + wanted + ", as asked");
            }
        }
        throw new BadInputException(
                "matrix product %s: expected auto, vector or one of %s"
                        .formatted(wanted, all.stream().map(CblasGemm::library).toList()));
    }

    private Choice calibrate() {
        List<CblasGemm> all = CblasGemm.installed();
        if (all.isEmpty()) {
            return new Choice(Optional.empty(), "own matrix product (no BLAS is installed)");
        }
        CblasGemm cblas = all.getFirst();
        double ratio = new Calibration(own, cblas).speedOfLibrary();
        boolean faster = ratio > Calibration.CLEARLY_FASTER;
        String measured = "%s is %.2f times as fast".formatted(cblas.library(), ratio);
        return faster
                ? new Choice(Optional.of(cblas), "matrix product of a BLAS: " + measured)
                : new Choice(Optional.empty(), "own matrix product: " + measured);
    }

    void apply(LinearOp op) {
        Tensor x = op.x();
        Weight weight = op.weight();
        Tensor bias = op.bias();
        Activation f = op.f();
        Tensor out = op.out();
        int n = weight.size(0);
        int k = weight.size(1);
        int m = Math.toIntExact(x.elements() / k);
        float @Nullable [] b = bias == null ? null : Floats.all(bias);
        boolean floats = x.dtype() == DType.F32 && out.dtype() == DType.F32;
        if (floats
                && weight.inputs() == Weight.Inputs.FULL
                && (long) m * n * k >= MIN_LIBRARY_MULTIPLICATIONS
                && choice().library.isPresent()) {
            byLibrary(choice().library.get(), m, n, k, x, weight, b, f, out);
        } else {
            Rows rows =
                    op.scales() == null
                            ? inputs(Rows.of(Floats.of(x), k), m, k, weight)
                            : EightBitRows.of(x, op.scales(), k);
            own.multiply(m, n, k, rows, Rows.of(weight, k), b, f, Floats.of(out));
        }
    }

    /** {@code [x | y] weight^T + bias}, always by our own product, which takes rows in parts. */
    void pair(Tensor x, Tensor y, Weight weight, @Nullable Tensor bias, Tensor out) {
        int k = x.size(-1);
        int l = y.size(-1);
        int n = weight.size(0);
        int m = Math.toIntExact(x.elements() / k);
        Rows left = Rows.of(Floats.of(x), k);
        Rows right = Rows.of(Floats.of(y), l);
        Rows both =
                (row, from, count, to, at) -> {
                    int first = Math.clamp(k - (long) from, 0, count);
                    if (first > 0) {
                        left.load(row, from, first, to, at);
                    }
                    if (first < count) {
                        right.load(row, from + first - k, count - first, to, at + first);
                    }
                };
        own.multiply(
                m,
                n,
                k + l,
                inputs(both, m, k + l, weight),
                Rows.of(weight, k + l),
                bias == null ? null : Floats.all(bias),
                Activation.NONE,
                Floats.of(out));
    }

    /** Rows as they are multiplied by a weight. */
    private Rows inputs(Rows rows, int m, int k, Weight weight) {
        return switch (weight.inputs()) {
            case FULL -> rows;
            case EIGHT_BITS -> EightBitRows.of(parallel, rows, m, k);
        };
    }

    private void byLibrary(
            CblasGemm cblas,
            int m,
            int n,
            int k,
            Tensor x,
            Weight weight,
            float @Nullable [] bias,
            Activation f,
            Tensor out) {
        if (weight.isPlain() && weight.dtype() == DType.F32) {
            cblas.multiply(m, n, k, x.host(), weight.values().host(), out.host());
        } else {
            try (Arena arena = Arena.ofShared()) {
                MemorySegment converted = arena.allocate(4L * n * k, 64);
                numbers(weight, n, k, Floats.of(Tensor.of(DType.F32, converted, n, k)));
                cblas.multiply(m, n, k, x.host(), converted, out.host());
            }
        }
        if (bias != null || f != Activation.NONE) {
            finish(m, n, bias, f, Floats.of(out));
        }
    }

    private void numbers(Weight weight, int n, int k, Floats to) {
        Rows rows = Rows.of(weight, k);
        parallel.ranges(
                n,
                Math.max(1, (1 << 14) / k),
                (first, count) -> {
                    float[] row = Scratch.floats(Scratch.Use.INPUT, Simd.roundUp(k));
                    for (int i = (int) first; i < first + count; i++) {
                        rows.load(i, 0, k, row, 0);
                        to.store(row, 0, (long) i * k, k);
                    }
                });
    }

    private void finish(int m, int n, float @Nullable [] bias, Activation f, Floats out) {
        parallel.ranges(
                m,
                Math.max(1, (1 << 14) / n),
                (first, count) -> {
                    float[] row = Scratch.floats(Scratch.Use.OUTPUT, Simd.roundUp(n));
                    for (long i = first; i < first + count; i++) {
                        out.load(i * n, row, 0, n);
                        VectorGemm.finish(row, 0, bias, 0, n, f);
                        out.store(row, 0, i * n, n);
                    }
                });
    }
}

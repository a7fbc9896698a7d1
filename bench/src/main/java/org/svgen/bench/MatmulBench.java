package org.svgen.bench;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.Weight;

/** Our matrix product against every BLAS that is installed. */
final class MatmulBench {
    static final String OWN = "vector";

    private static final double OPERATIONS_PER_TURN = 4e9;
    private static final int WARM_UP = 4;

    private MatmulBench() {}

    /** {@code [m, k] x [n, k]^T}. */
    record Size(int m, int n, int k) {
        /** Parses {@code MxNxK}. */
        static Size of(String text) {
            String[] parts = text.split("x", -1);
            if (parts.length != 3) {
                throw new NumberFormatException("expected MxNxK, found " + text);
            }
            return new Size(positive(parts[0]), positive(parts[1]), positive(parts[2]));
        }

        private static int positive(String digits) {
            int value = Integer.parseInt(digits);
            if (value < 1) {
                throw new NumberFormatException("expected sizes above 0, found " + digits);
            }
            return value;
        }

        double operations() {
            return 2.0 * m * n * k;
        }

        @Override
        public String toString() {
            return m + "x" + n + "x" + k;
        }
    }

    /**
     * @param gflops of each product, ours under the name {@link #OWN}
     */
    record Row(String size, Map<String, Double> gflops) {
        String text() {
            double own = Stopwatch.of(gflops, OWN);
            StringBuilder line = new StringBuilder("%-16s own %7.1f GFLOP/s".formatted(size, own));
            gflops.forEach((name, value) -> {
                if (!name.equals(OWN)) {
                    line.append("   %s %7.1f (own / it %.2f)".formatted(name, value, own / value));
                }
            });
            return line.toString();
        }
    }

    static List<Row> run(List<Size> sizes, int rounds) {
        Map<String, Backend> backends = new LinkedHashMap<>();
        for (String name : MatrixProducts.names()) {
            backends.put(name, MatrixProducts.open(name));
        }
        List<Row> rows = new ArrayList<>();
        try {
            for (Size size : sizes) {
                rows.add(row(size, rounds, backends));
            }
        } finally {
            backends.values().forEach(Backend::close);
        }
        return rows;
    }

    private static Row row(Size size, int rounds, Map<String, Backend> backends) {
        try (Arena arena = Arena.ofShared()) {
            Tensor a = RandomInputs.random(arena, size.m, size.k);
            Tensor b = RandomInputs.random(arena, size.n, size.k);
            Tensor c = RandomInputs.random(arena, size.m, size.n);
            Stopwatch watch = new Stopwatch();
            backends.forEach((name, backend) ->
                    watch.add(
                            name,
                            () -> backend.ops().linear(a, Weight.of(b), null, Activation.NONE, c)));
            int inARow = (int) Math.clamp(OPERATIONS_PER_TURN / size.operations(), 1, 50) + 1;
            Map<String, Double> gflops = new LinkedHashMap<>();
            watch.medians(WARM_UP, rounds, inARow)
                    .forEach((name, seconds) ->
                            gflops.put(name, size.operations() / seconds * 1e-9));
            return new Row(size.toString(), gflops);
        }
    }
}

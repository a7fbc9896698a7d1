package org.svgen.bench;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.op.Activation;
import org.svgen.tensor.op.AttentionPlan;
import org.svgen.tensor.op.KeyPattern;
import org.svgen.tensor.op.KeyPattern.Band;
import org.svgen.tensor.op.KeyPattern.Segment;
import org.svgen.tensor.op.Ops;
import org.svgen.tensor.op.TokenOrder;
import org.svgen.tensor.op.Weight;

/** Dense attention against a large matrix product, bands against dense attention. */
final class AttentionBench {
    private static final int MATRIX = 2048;
    private static final int WARM_UP = 3;
    private static final int SAMPLED_ROWS = 64;

    private AttentionBench() {}

    /** The call that is measured: one batch entry. */
    record Setup(int tokens, int heads, int headDim) {
        double operations() {
            return 4.0 * tokens * tokens * headDim * heads;
        }
    }

    /**
     * @param density counted pairs of the band
     * @param ofDense its time divided by that of dense attention
     * @param perDensity that divided by the density; 1 is ideal
     */
    record BandRow(double density, double milliseconds, double ofDense, double perDensity) {
        String text() {
            return "band of density %.4f  %9.2f ms = %.3f of dense = %.3f per density"
                    .formatted(density, milliseconds, ofDense, perDensity);
        }
    }

    /**
     * @param matmulGflops of a product of 2048 x 2048 matrices in the same run
     * @param ofMatmul speed of dense attention divided by that of the product
     * @param profileMilliseconds of {@link Ops#profile} with the first band in both orders, 64 rows
     */
    record Outcome(
            Setup setup,
            double matmulGflops,
            double denseMilliseconds,
            double denseGflops,
            double ofMatmul,
            List<BandRow> bands,
            double profileMilliseconds) {
        List<String> text() {
            List<String> lines = new ArrayList<>();
            lines.add("matrix product         %9.1f GFLOP/s".formatted(matmulGflops));
            lines.add(
                    "dense attention        %9.2f ms = %.1f GFLOP/s = %.3f of the matrix product"
                            .formatted(denseMilliseconds, denseGflops, ofMatmul));
            bands.forEach(band -> lines.add(band.text()));
            lines.add(
                    "profile of %d rows     %9.2f ms".formatted(SAMPLED_ROWS, profileMilliseconds));
            return lines;
        }
    }

    static Outcome run(Setup s, List<Double> densities, int rounds) {
        try (Arena arena = Arena.ofShared();
                Backend backend = MatrixProducts.open(MatmulBench.OWN)) {
            Ops ops = backend.ops();
            Tensor q = RandomInputs.random(arena, 1, s.heads, s.tokens, s.headDim);
            Tensor k = RandomInputs.random(arena, 1, s.heads, s.tokens, s.headDim);
            Tensor v = RandomInputs.random(arena, 1, s.heads, s.tokens, s.headDim);
            Tensor out = Tensor.zeros(arena, DType.F32, 1, s.tokens, s.heads, s.headDim);
            Tensor a = RandomInputs.random(arena, MATRIX, MATRIX);
            Tensor b = RandomInputs.random(arena, MATRIX, MATRIX);
            Tensor c = Tensor.zeros(arena, DType.F32, MATRIX, MATRIX);
            float scale = (float) (1 / Math.sqrt(s.headDim));
            SequencedMap<String, KeyPattern> patterns = new LinkedHashMap<>();
            patterns.put("dense", KeyPattern.dense(s.tokens, s.tokens));
            densities.forEach(d -> patterns.put(d.toString(), band(s.tokens, d)));
            Stopwatch watch = new Stopwatch();
            watch.add("matmul", () -> ops.linear(a, Weight.of(b), null, Activation.NONE, c));
            patterns.forEach((name, pattern) ->
                    watch.add(name, () -> ops.attention(q, k, v, plan(pattern), null, scale, out)));
            Tensor errors = Tensor.zeros(arena, DType.F32, 2, 1, s.heads);
            Tensor energies = Tensor.zeros(arena, DType.F32, 1, s.heads);
            AttentionPlan both = bothOrders(s.tokens, patterns.sequencedValues().getLast());
            int[] rows = rows(s.tokens);
            watch.add(
                    "profile",
                    () -> ops.profile(q, k, v, rows, both, s.tokens, scale, errors, energies));
            // In a model queries, keys and values come warm from the operation before.
            return outcome(s, patterns, watch.medians(WARM_UP, rounds, 2));
        }
    }

    private static Outcome outcome(
            Setup s, Map<String, KeyPattern> patterns, Map<String, Double> seconds) {
        double matmul = 2 * Math.pow(MATRIX, 3) / Stopwatch.of(seconds, "matmul") * 1e-9;
        double dense = Stopwatch.of(seconds, "dense");
        double denseGflops = s.operations() / dense * 1e-9;
        List<BandRow> bands = new ArrayList<>();
        patterns.forEach((name, pattern) -> {
            if (!name.equals("dense")) {
                double time = Stopwatch.of(seconds, name);
                double density = pattern.density();
                bands.add(new BandRow(density, time * 1e3, time / dense, time / dense / density));
            }
        });
        return new Outcome(
                s,
                matmul,
                dense * 1e3,
                denseGflops,
                denseGflops / matmul,
                bands,
                Stopwatch.of(seconds, "profile") * 1e3);
    }

    private static AttentionPlan plan(KeyPattern pattern) {
        return new AttentionPlan(List.of(new AttentionPlan.Kind(pattern, TokenOrder.IDENTITY)));
    }

    private static AttentionPlan bothOrders(int tokens, KeyPattern pattern) {
        int frames = Math.min(tokens, 8);
        return new AttentionPlan(
                List.of(
                        new AttentionPlan.Kind(pattern, TokenOrder.IDENTITY),
                        new AttentionPlan.Kind(
                                pattern, new TokenOrder(0, frames, tokens / frames))));
    }

    private static int[] rows(int tokens) {
        int[] rows = new int[SAMPLED_ROWS];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = (int) ((long) tokens * i / rows.length);
        }
        return rows;
    }

    /** The narrowest band that keeps at least {@code density} of all pairs. */
    private static KeyPattern band(int tokens, double density) {
        int low = 0;
        int high = tokens;
        while (low < high) {
            int middle = (low + high) / 2;
            if (bandOfReach(tokens, middle).density() < density) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return bandOfReach(tokens, low);
    }

    private static KeyPattern bandOfReach(int tokens, int reach) {
        Band band = new Band(0, 1, 0, 1, reach, 0, tokens);
        return new KeyPattern(tokens, tokens, List.of(new Segment(0, tokens, List.of(), band)));
    }
}

package org.svgen.sparse;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.sparse.ClusterRules.Metric;
import org.svgen.sparse.ClusterRules.Routing;
import org.svgen.sparse.VideoGeometry.TextPlace;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.AttentionPrecision;
import org.svgen.testkit.Errors;
import org.svgen.testkit.TestDevice;

class ClusterAttentionTest {
    private static final int HEADS = 2;
    private static final int DIM = 16;
    private static final ClusterRules SVG2 =
            new ClusterRules(7, 13, 5, 2, Metric.EUCLID, Routing.MASS, false);
    private static final ClusterRules EAR =
            new ClusterRules(7, 13, 5, 2, Metric.INTERACTION, Routing.ERROR, true);

    private static VideoGeometry geometry(int text, boolean last) {
        TextPlace place = text == 0 ? TextPlace.NONE : last ? TextPlace.LAST : TextPlace.FIRST;
        return new VideoGeometry(3, 67, place, text, last ? text * 2 / 3 : text);
    }

    /** A policy and what it needs, for as long as it is open. */
    private static final class Run implements AutoCloseable {
        final Arena arena = Arena.ofShared();
        final Backend backend = TestDevice.open();
        final Workspace workspace = new Workspace(backend, 32 << 20);
        final VideoGeometry g;
        final AttentionPolicy policy;

        Run(VideoGeometry g, @Nullable ClusterRules rules, boolean byMass, double share) {
            this.g = g;
            double[] shares = new double[4];
            Arrays.fill(shares, share);
            ClusterShares each = new ClusterShares(byMass, shares, new double[4]);
            policy = rules == null ? new Dense(g, new AttentionStatistics(1)) : policy(rules, each);
        }

        private AttentionPolicy policy(ClusterRules rules, ClusterShares shares) {
            Random random = new Random(3);
            ClusterMemory memory =
                    ClusterMemory.allocate(
                            workspace,
                            arena,
                            new ClusterMemory.Sizes(1, 2, HEADS, DIM),
                            g,
                            RowSource.stratified(g, rules.queries(), random).rows(),
                            RowSource.stratified(g, rules.keys(), random).rows());
            return new ClusterAttention(
                    g,
                    rules,
                    shares,
                    WarmUp.first(0, 0),
                    AttentionPrecision.FULL,
                    memory,
                    backend,
                    new AttentionStatistics(1));
        }

        /** What step {@code step} makes of inputs. */
        float[] step(int step, float[] q, float[] k, float[] v) {
            try (var _ = workspace.scope()) {
                Tensor out = workspace.allocate(DType.F32, 2, g.tokens(), HEADS, DIM);
                policy.beginStep(step, 0);
                policy.attend(workspace, 0, put(q), put(k), put(v), out);
                policy.endStep();
                return TestDevice.host(backend, out).toFloats();
            }
        }

        private Tensor put(float[] values) {
            return workspace.copyOf(Tensor.of(arena, values, 2, HEADS, g.tokens(), DIM));
        }

        @Override
        public void close() {
            workspace.close();
            backend.close();
            arena.close();
        }
    }

    private static float[] normal(VideoGeometry g, long seed) {
        Random random = new Random(seed);
        float[] values = new float[2 * HEADS * g.tokens() * DIM];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** Of rows that are not padding. */
    private static float[] real(VideoGeometry g, float[] out) {
        int row = HEADS * DIM;
        int to = g.text() == TextPlace.LAST ? g.promptTo() : g.tokens();
        float[] real = new float[2 * to * row];
        for (int b = 0; b < 2; b++) {
            System.arraycopy(out, b * g.tokens() * row, real, b * to * row, to * row);
        }
        return real;
    }

    @ParameterizedTest
    @CsvSource({"0,false", "1,false", "1,true", "226,false", "256,true", "512,true"})
    void everythingKeptIsDenseAttention(int text, boolean last) {
        VideoGeometry g = geometry(text, last);
        float[] q = normal(g, 1);
        float[] k = normal(g, 2);
        float[] v = normal(g, 3);
        float[] dense;
        try (Run run = new Run(g, null, true, 1)) {
            dense = real(g, run.step(0, q, k, v));
        }
        for (ClusterRules rules : new ClusterRules[] {SVG2, EAR}) {
            for (boolean byMass : new boolean[] {true, false}) {
                try (Run run = new Run(g, rules, byMass, 1)) {
                    assertThat(Errors.relative(real(g, run.step(0, q, k, v)), dense))
                            .isLessThan(1e-5);
                }
            }
        }
    }

    /** With a tail the error grows as the square of the noise, without one it is there at once. */
    @Test
    void meansStandInForKeysThatAreNearThem() {
        VideoGeometry g = geometry(0, false);
        double[] errors = new double[3];
        double[] noises = {0.02, 0.04, 0};
        float[] q = normal(g, 1);
        for (int i = 0; i < noises.length; i++) {
            float[] k = clustered(g, 5, noises[i]);
            float[] v = clustered(g, 6, noises[i]);
            float[] dense;
            try (Run run = new Run(g, null, true, 1)) {
                dense = run.step(0, q, k, v);
            }
            try (Run run = new Run(g, EAR, false, 0.2)) {
                errors[i] = Errors.relative(run.step(0, q, k, v), dense);
            }
            try (Run run = new Run(g, SVG2, false, 0.2)) {
                assertThat(Errors.relative(run.step(0, q, k, v), dense)).isGreaterThan(0.1);
            }
        }
        assertThat(errors[2]).isLessThan(1e-5);
        assertThat(errors[0]).isLessThan(0.01);
        assertThat(errors[1] / errors[0]).isBetween(2.5, 6.0);
    }

    /** Tokens of few kinds, and noise. */
    private static float[] clustered(VideoGeometry g, long seed, double noise) {
        Random random = new Random(seed);
        float[] kinds = new float[5 * DIM];
        for (int i = 0; i < kinds.length; i++) {
            kinds[i] = (float) random.nextGaussian();
        }
        float[] values = normal(g, seed + 1);
        for (int i = 0; i < values.length; i++) {
            int token = i / DIM % g.tokens();
            values[i] = (float) (noise * values[i] + kinds[token % 5 * DIM + i % DIM]);
        }
        return values;
    }

    @Test
    void keepsTheDensityThatIsAskedFor() {
        VideoGeometry g = geometry(11, true);
        ClusterRules fine = new ClusterRules(20, 60, 5, 2, Metric.EUCLID, Routing.ERROR, true);
        try (Run run = new Run(g, fine, false, 0.4)) {
            run.step(0, normal(g, 1), normal(g, 2), normal(g, 3));
            assertThat(run.policy.statistics().sparseDensity().orElseThrow()).isBetween(0.39, 0.41);
        }
    }

    @Test
    void bitsAreTheSameInTwoRunsAndAfterAnInterruption() {
        VideoGeometry g = geometry(11, false);
        for (ClusterRules rules : new ClusterRules[] {SVG2, EAR}) {
            float[][] whole = new float[3][];
            try (Run run = new Run(g, rules, true, 0.6)) {
                for (int step = 0; step < 3; step++) {
                    whole[step] =
                            run.step(
                                    step,
                                    normal(g, step),
                                    normal(g, 10 + step),
                                    normal(g, 20 + step));
                }
            }
            try (Run first = new Run(g, rules, true, 0.6);
                    Run second = new Run(g, rules, true, 0.6);
                    Run fresh = new Run(g, rules, true, 0.6)) {
                for (int step = 0; step < 2; step++) {
                    float[] out =
                            first.step(
                                    step,
                                    normal(g, step),
                                    normal(g, 10 + step),
                                    normal(g, 20 + step));
                    assertThat(out).isEqualTo(whole[step]);
                }
                Carried.over(first.policy, first.backend, second.policy, second.backend);
                float[] q = normal(g, 2);
                float[] k = normal(g, 12);
                float[] v = normal(g, 22);
                assertThat(second.step(2, q, k, v)).isEqualTo(whole[2]);
                assertThat(fresh.step(2, q, k, v)).isNotEqualTo(whole[2]);
            }
        }
    }

    @Test
    void branchesHaveCentroidsOfTheirOwn() {
        VideoGeometry g = geometry(0, false);
        float[] q = normal(g, 1);
        float[] k = normal(g, 2);
        float[] v = normal(g, 3);
        try (Run together = new Run(g, EAR, true, 0.5);
                Run apart = new Run(g, EAR, true, 0.5)) {
            for (int step = 0; step < 2; step++) {
                float[] expected = together.step(step, q, k, v);
                apart.policy.beginStep(step, 0);
                float[] found = new float[expected.length];
                for (int b = 1; b >= 0; b--) {
                    try (var _ = apart.workspace.scope()) {
                        Tensor out = apart.workspace.allocate(DType.F32, 1, g.tokens(), HEADS, DIM);
                        apart.policy.attend(
                                apart.workspace,
                                0,
                                b,
                                apart.put(q).rows(b, b + 1),
                                apart.put(k).rows(b, b + 1),
                                apart.put(v).rows(b, b + 1),
                                out);
                        float[] half = TestDevice.host(apart.backend, out).toFloats();
                        System.arraycopy(half, 0, found, b * half.length, half.length);
                    }
                }
                apart.policy.endStep();
                assertThat(found).isEqualTo(expected);
            }
        }
    }
}

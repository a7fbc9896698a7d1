package org.svgen.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.schedule.CleanSample;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.testkit.TestDevice;

class OutputCacheTest {
    private static final int N = 3 * 1000 + 7;
    private static final int STEPS = 30;

    /** What a cache did with a sequence. */
    private record Done(
            List<Boolean> skipped, List<OptionalDouble> figures, List<float[]> outputs) {}

    private static Done run(
            SkipRule rule,
            List<Reused> candidates,
            IntFunction<CleanSample> clean,
            double[][] samples,
            int branches,
            SlowEasyCache.Network network) {
        Done done = new Done(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                Workspace workspace = new Workspace(backend, 4_000_000)) {
            Tensor x = workspace.allocate(DType.F32, 1, N);
            Tensor v = workspace.allocate(DType.F32, branches, N);
            OutputCache cache =
                    new OutputCache(
                            rule, candidates, new OutputCache.Pass(workspace, arena, x, v), clean);
            for (int t = 0; t < samples.length; t++) {
                backend.write(Tensor.of(arena, floats(samples[t]), 1, N), x);
                boolean skip = cache.reuse(t, x, v);
                if (!skip) {
                    double[][] out = network.output(t, samples[t]);
                    for (int b = 0; b < branches; b++) {
                        backend.write(Tensor.of(arena, floats(out[b]), 1, N), v.rows(b, b + 1));
                    }
                    cache.computed(t, x, v);
                }
                done.skipped.add(skip);
                done.figures.add(cache.figure());
                done.outputs.add(workspace.toHost(v, arena).toFloats());
            }
        }
        return done;
    }

    private static float[] floats(double[] x) {
        float[] floats = new float[x.length];
        for (int i = 0; i < x.length; i++) {
            floats[i] = (float) x[i];
        }
        return floats;
    }

    /** A walk whose steps are of different lengths, in numbers that F32 has. */
    private static double[][] samples(long seed) {
        Random random = new Random(seed);
        double[][] samples = new double[STEPS][N];
        double[] at = random.doubles(N, -2, 2).toArray();
        double[] to = random.doubles(N, -2, 2).toArray();
        double share = 0;
        for (int t = 0; t < STEPS; t++) {
            for (int i = 0; i < N; i++) {
                samples[t][i] =
                        (float)
                                ((1 - share) * at[i]
                                        + share * to[i]
                                        + 1e-3 * random.nextGaussian());
            }
            share += (0.2 + random.nextDouble()) / STEPS;
        }
        return samples;
    }

    /** Two branches that bend with the sample. */
    private static double[][] output(int step, double[] x) {
        double[][] out = new double[2][x.length];
        for (int i = 0; i < x.length; i++) {
            out[0][i] = (float) Math.sin(x[i] + 0.02 * step);
            out[1][i] = (float) (1.3 * Math.cos(x[i]) + 0.4 + 0.01 * step);
        }
        return out;
    }

    @ParameterizedTest
    @CsvSource({"1, 0.02, 5, 3", "2, 0.1, 1, 3", "3, 0.3, 10, 8", "4, 0.05, 3, 1"})
    void easyDecidesAndReusesAsPublished(long seed, double threshold, int retained, int inARow) {
        double[][] samples = samples(seed);
        SlowEasyCache slow =
                new SlowEasyCache(threshold, retained, inARow)
                        .run(samples, OutputCacheTest::output);
        Skippable skippable = Skippable.behind(retained, STEPS, new int[] {0}, inARow);
        Done done =
                run(
                        new SkipRule.Easy(skippable, threshold),
                        Reused.PUBLISHED,
                        step -> new CleanSample(1, -0.5),
                        samples,
                        2,
                        OutputCacheTest::output);
        assertThat(done.skipped).isEqualTo(slow.skipped).contains(true);
        for (int t = 0; t < STEPS; t++) {
            double error = slow.errors.get(t);
            if (t < retained || t == STEPS - 1) {
                assertThat(done.figures.get(t)).isEmpty();
            } else if (Double.isNaN(error)) { // one computed step tells no rate
                assertThat(done.figures.get(t).orElseThrow()).isNaN();
            } else {
                assertThat(done.figures.get(t).orElseThrow()).isCloseTo(error, within(1e-6));
            }
            for (int b = 0; b < 2; b++) {
                for (int i = 0; i < N; i += 97) {
                    assertThat((double) done.outputs.get(t)[b * N + i])
                            .isCloseTo(slow.outputs.get(t)[b][i], within(1e-6));
                }
            }
        }
    }

    /** Samples of noise and a clean sample that slowly changes, whose outputs are velocities. */
    @Test
    void withoutAFlowTheCleanSampleIsReusedWhereItMovesLeast() {
        double[][] samples = new double[STEPS][N];
        double[][] truth = new double[STEPS][N];
        Random random = new Random(7);
        double[] noise = random.doubles(N, -2, 2).toArray();
        double[] clean = random.doubles(N, -2, 2).toArray();
        for (int t = 0; t < STEPS; t++) {
            for (int i = 0; i < N; i++) {
                double slowly = clean[i] * (1 + 0.001 * t);
                samples[t][i] = Math.cos(angle(t)) * slowly + Math.sin(angle(t)) * noise[i];
                truth[t][i] = Math.cos(angle(t)) * noise[i] - Math.sin(angle(t)) * slowly;
            }
        }
        Done done =
                run(
                        new SkipRule.Easy(Skippable.behind(4, STEPS, new int[] {0}, 3), 0.05),
                        Reused.MEASURED,
                        step -> new CleanSample(Math.cos(angle(step)), -Math.sin(angle(step))),
                        samples,
                        1,
                        (t, x) -> new double[][] {truth[t]});
        assertThat(done.skipped.stream().filter(s -> s).count()).isGreaterThan(15);
        for (int t = 0; t < STEPS; t++) {
            for (int i = 0; i < N; i += 97) {
                // Outputs themselves move by 0.1 from step to step.
                assertThat((double) done.outputs.get(t)[i]).isCloseTo(truth[t][i], within(0.03));
            }
        }
    }

    private static double angle(int step) {
        return 1.5 - 1.4 * step / STEPS;
    }

    @Test
    void aFigureThatIsNoNumberSkipsNothing() {
        double[][] samples = samples(5);
        Done done =
                run(
                        new SkipRule.Easy(Skippable.behind(2, STEPS, new int[] {0}, 3), 1),
                        Reused.PUBLISHED,
                        step -> new CleanSample(1, -0.5),
                        samples,
                        1,
                        (t, x) -> {
                            double[] out = output(t, x)[0];
                            out[11] = t == 5 ? Double.NaN : out[11];
                            return new double[][] {out};
                        });
        int computed = done.skipped.indexOf(true);
        assertThat(computed).isEqualTo(2);
        for (int t = 0; t < STEPS; t++) {
            boolean afterNan =
                    done.figures.get(t).isPresent()
                            && Double.isNaN(done.figures.get(t).getAsDouble());
            assertThat(afterNan && done.skipped.get(t)).isFalse();
        }
        assertThat(done.figures).anyMatch(f -> f.isPresent() && Double.isNaN(f.getAsDouble()));
    }

    @Test
    void evenSkipsWhatItIsTold() {
        boolean[] skipped = Skippable.behind(6, STEPS, new int[] {0}, 3).even(0.5);
        Done done =
                run(
                        new SkipRule.Even(skipped),
                        Reused.PUBLISHED,
                        step -> new CleanSample(1, -0.5),
                        samples(9),
                        2,
                        OutputCacheTest::output);
        for (int t = 0; t < STEPS; t++) {
            assertThat(done.skipped.get(t)).isEqualTo(skipped[t]);
        }
    }
}

package org.svgen.sparse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.sparse.VideoGeometry.TextPlace;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.random.TorchRandom;
import org.svgen.testkit.TestDevice;

/** Runs of planted heads whose density is spent by a budget. */
class SparseBudgetTest {
    private static final int DIM = 16;
    private static final int HEADS = 4;
    private static final int LAYERS = 3;
    private static final int STEPS = 6;
    private static final double DENSITY = 0.35;

    private final VideoGeometry geometry = new VideoGeometry(5, 24, TextPlace.NONE, 0, 0);
    private final int[] all = IntStream.range(0, geometry.tokens()).toArray();
    private final Arena arena = Arena.ofShared();
    private final List<PlantedHeads.Qkv> layers = new ArrayList<>();
    private Backend backend;
    private Workspace workspace;

    @BeforeEach
    void open() {
        backend = TestDevice.open();
        workspace = new Workspace(backend, 1 << 20);
        for (int layer = 0; layer < LAYERS; layer++) {
            layers.add(
                    PlantedHeads.of(
                            arena,
                            geometry,
                            2 * HEADS,
                            DIM,
                            0.5 + 0.4 * layer,
                            Geometries.random(layer)));
        }
    }

    @AfterEach
    void close() {
        workspace.close();
        backend.close();
        arena.close();
    }

    /** Branches and steps weigh differently. */
    private static Course course(int branches) {
        double[][] weights = new double[STEPS][branches];
        for (int step = 0; step < STEPS; step++) {
            for (int b = 0; b < branches; b++) {
                weights[step][b] = (step + 2.0) * (b + 1);
            }
        }
        return new Course(0, STEPS, new double[STEPS], weights);
    }

    private DensityBudget budget(int branches, boolean moves, double maxError) {
        double[] densities = new double[STEPS];
        Arrays.fill(densities, DENSITY);
        return new DensityBudget(
                densities, moves, maxError, LAYERS * branches * HEADS, course(branches));
    }

    private SparseRules rules(boolean widths) {
        Band band = Band.ofDensity(geometry, DENSITY, 0);
        return SparseRules.corrected(
                widths ? HeadChoices.around(band) : HeadChoices.of(band),
                geometry,
                () -> all,
                Float.POSITIVE_INFINITY,
                null);
    }

    private SparseVideoGen policy(
            SparseRules rules, int denseSteps, int branches, Optional<DensityBudget> budget) {
        return new SparseVideoGen(
                geometry,
                rules,
                WarmUp.first(denseSteps, 0),
                SparseMemory.allocate(workspace, arena, rules, LAYERS, branches, HEADS),
                backend,
                new AttentionStatistics(LAYERS),
                course(branches),
                budget);
    }

    /** [branches, heads, tokens, dim]; the second branch has the planted heads behind the first. */
    private Tensor part(Tensor planted, int branches) {
        return planted.reshape(2, HEADS, geometry.tokens(), DIM).rows(0, branches);
    }

    /** What a step puts out, layer by layer; {@code atOnce} branches are attended in one call. */
    private float[][] step(
            AttentionPolicy policy, int step, int attended, int branches, int atOnce) {
        float[][] outs = new float[attended][];
        policy.beginStep(step, 0);
        for (int layer = 0; layer < attended; layer++) {
            Tensor q = part(layers.get(layer).q(), branches);
            Tensor k = part(layers.get(layer).k(), branches);
            Tensor v = part(layers.get(layer).v(), branches);
            Tensor out = Tensor.zeros(arena, DType.F32, branches, geometry.tokens(), HEADS, DIM);
            for (int b = 0; b < branches; b += atOnce) {
                int end = b + atOnce;
                policy.attend(
                        workspace,
                        layer,
                        b,
                        q.rows(b, end),
                        k.rows(b, end),
                        v.rows(b, end),
                        out.rows(b, end));
            }
            outs[layer] = out.toFloats();
        }
        policy.endStep();
        return outs;
    }

    private float[][] step(AttentionPolicy policy, int step) {
        return step(policy, step, LAYERS, 1, 1);
    }

    private float[][] dense() {
        return step(new Dense(geometry, new AttentionStatistics(LAYERS)), 0);
    }

    @ParameterizedTest
    @CsvSource({"true, 1", "false, 1", "true, 0", "false, 2"})
    void theRunKeepsTheDensityThatWasAskedFor(boolean moves, int denseSteps) {
        DensityBudget budget = budget(1, moves, Double.POSITIVE_INFINITY);
        SparseVideoGen policy = policy(rules(true), denseSteps, 1, Optional.of(budget));
        List<Double> byStep = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            step(policy, step);
            byStep.add(policy.statistics().stepDensity());
        }
        AttentionStatistics counted = policy.statistics();
        // A head of 12 takes a width of 7: what is left over in the last step is lost.
        assertThat(counted.sparseDensity().orElseThrow()).isCloseTo(DENSITY, within(0.015));
        assertThat(byStep.subList(0, denseSteps)).allMatch(d -> d == 1);
        assertThat(counted.widths()).hasSizeGreaterThan(4).isSorted();
        if (moves) {
            assertThat(byStep.getLast()).isGreaterThan(byStep.get(Math.max(1, denseSteps)));
        } else {
            assertThat(byStep.subList(denseSteps, STEPS))
                    .allSatisfy(d -> assertThat(d).isCloseTo(DENSITY, within(0.04)));
        }
    }

    @Test
    void beforeAnythingIsKnownHeadsGetTheDensityThatWasAskedFor() {
        SparseVideoGen policy =
                policy(rules(true), 0, 1, Optional.of(budget(1, true, Double.POSITIVE_INFINITY)));
        SparseVideoGen fixed = policy(rules(false), 0, 1, Optional.empty());
        assertThat(step(policy, 0)).isDeepEqualTo(step(fixed, 0));
        AttentionStatistics counted = policy.statistics();
        assertThat(counted.stepHeads()).isEqualTo(fixed.statistics().stepHeads());
        assertThat(counted.stepDensity()).isEqualTo(fixed.statistics().stepDensity());
        String base = String.valueOf(rules(true).choices().base().getFirst()).repeat(HEADS);
        assertThat(counted.stepWidths()).containsOnly(base);
        assertThat(fixed.statistics().stepWidths()).containsOnly("");
        step(policy, 1);
        assertThat(String.join("", counted.stepWidths()).chars().distinct().count())
                .isGreaterThan(1);
        assertThat(step(policy, 2)[0]).isNotEqualTo(step(fixed, 2)[0]);
    }

    @Test
    void theLastDenseStepForetellsErrorsAndStaysDense() {
        DensityBudget budget = budget(1, true, Double.POSITIVE_INFINITY);
        SparseVideoGen policy = policy(rules(true), 2, 1, Optional.of(budget));
        float[][] dense = dense();
        assertThat(step(policy, 0)).isDeepEqualTo(dense);
        assertThat(budget.multiplier()).isEmpty();
        assertThat(step(policy, 1)).isDeepEqualTo(dense);
        assertThat(budget.multiplier()).isPresent();
        assertThat(policy.statistics().missed().error()).as("dense steps miss nothing").isEmpty();
        double foretold = budget.multiplier().orElseThrow();
        step(policy, 2);
        assertThat(policy.statistics().missed().error()).isPresent();
        // Errors stay, so that what was foretold holds, but for what is left over.
        assertThat(budget.multiplier().orElseThrow()).isCloseTo(foretold, withinPercentage(40));
    }

    @Test
    void theLastDenseStepForetellsForTheNextDenoiserToo() {
        Course run = course(1);
        double[] densities = new double[STEPS];
        Arrays.fill(densities, DENSITY);
        Course first = new Course(0, 2, run.timesteps(), run.weights());
        Course second = new Course(2, STEPS, run.timesteps(), run.weights());
        DensityBudget budget = new DensityBudget(densities, true, 1e-6, LAYERS * HEADS, first);
        SparseVideoGen policy = policy(rules(true), 2, 1, Optional.of(budget));
        step(policy, 0);
        step(policy, 1);
        budget.begin(second);
        assertThat(budget.multiplier()).isPresent();
        SparseVideoGen next = policy(rules(true), 2, 1, Optional.of(budget));
        assertThat(step(next, 2)).isDeepEqualTo(dense());
    }

    @Test
    void branchesApartAndTogetherGiveTheSame() {
        DensityBudget one = budget(2, true, 0.2);
        DensityBudget two = budget(2, true, 0.2);
        SparseVideoGen apart = policy(rules(true).audited(() -> all), 1, 2, Optional.of(one));
        SparseVideoGen together = policy(rules(true).audited(() -> all), 1, 2, Optional.of(two));
        for (int step = 0; step < 4; step++) {
            assertThat(step(apart, step, LAYERS, 2, 1))
                    .isDeepEqualTo(step(together, step, LAYERS, 2, 2));
            AttentionStatistics a = apart.statistics();
            AttentionStatistics b = together.statistics();
            assertThat(a.stepHeads()).isEqualTo(b.stepHeads());
            assertThat(a.stepWidths()).isEqualTo(b.stepWidths());
            assertThat(a.missed().error()).isEqualTo(b.missed().error());
            assertThat(a.audit().error()).isEqualTo(b.audit().error());
            assertThat(one.multiplier()).isEqualTo(two.multiplier());
        }
        assertThat(together.statistics().stepWidths().getFirst())
                .matches("[0-9-]{%d} [0-9-]{%d}".formatted(HEADS, HEADS));
    }

    @Test
    void aStepThatACacheCutsShortLeavesTheBudgetAsItWas() {
        DensityBudget budget = budget(1, true, Double.POSITIVE_INFINITY);
        SparseVideoGen policy = policy(rules(true), 0, 1, Optional.of(budget));
        step(policy, 0);
        OptionalDouble known = budget.multiplier();
        step(policy, 1, 1, 1, 1);
        assertThat(budget.multiplier()).isEqualTo(known);
        assertThat(policy.statistics().stepHeads().getFirst()).hasSize(HEADS);
        assertThat(policy.statistics().stepHeads().getLast()).isEmpty();
        step(policy, 2);
        assertThat(budget.multiplier()).isPresent();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void theReceiptIsTheErrorOfWhatWasPutOut(int branches) {
        SparseVideoGen policy =
                policy(
                        rules(true).audited(() -> all),
                        1,
                        branches,
                        Optional.of(budget(branches, true, Double.POSITIVE_INFINITY)));
        AttentionStatistics counted = policy.statistics();
        Course course = course(branches);
        double[] missed = new double[LAYERS];
        double weights = 0;
        for (int step = 0; step < 3; step++) {
            float[][] out = step(policy, step, LAYERS, branches, branches);
            weights += course.weight(step) * HEADS;
            double ofStep = 0;
            for (int layer = 0; step > 0 && layer < LAYERS; layer++) {
                double error =
                        SlowErrors.weighted(
                                part(layers.get(layer).q(), branches),
                                part(layers.get(layer).k(), branches),
                                part(layers.get(layer).v(), branches),
                                out[layer],
                                course.weights()[step]);
                missed[layer] += error;
                ofStep += error;
            }
            if (step > 0) {
                assertThat(counted.missed().stepError().orElseThrow())
                        .isCloseTo(
                                Math.sqrt(ofStep / (course.weight(step) * HEADS * LAYERS)),
                                withinPercentage(0.01));
            }
        }
        for (int layer = 0; layer < LAYERS; layer++) {
            assertThat(counted.missed().layerError(layer).orElseThrow())
                    .isCloseTo(Math.sqrt(missed[layer] / weights), withinPercentage(0.01));
        }
        double receipt = counted.missed().error().orElseThrow();
        assertThat(receipt)
                .isPositive()
                .isCloseTo(
                        Math.sqrt(Arrays.stream(missed).sum() / (weights * LAYERS)),
                        withinPercentage(0.01));
        assertThat(counted.audit().error()).as("of the same rows").hasValue(receipt);
    }

    @Test
    void skippedStepsCountByTheErrorThatTheirCacheThinksTheyHave() {
        SparseVideoGen policy = policy(rules(true), 0, 1, Optional.of(budget(1, true, 0.5)));
        policy.skipStep(0, OptionalDouble.empty());
        assertThat(policy.statistics().missed().error()).isEmpty();
        policy.skipStep(1, OptionalDouble.of(0.3));
        MissedError missed = policy.statistics().missed();
        assertThat(missed.stepError().orElseThrow()).isCloseTo(0.3, within(1e-12));
        // Steps weigh 2 and 3.
        assertThat(missed.error().orElseThrow()).isCloseTo(0.3 * Math.sqrt(0.6), within(1e-12));
        assertThat(policy.statistics().stepDensity()).isZero();
    }

    @Test
    void aSmallLimitMakesTheRunDenseAndALargeOneChangesNothing() {
        SparseVideoGen small = policy(rules(true), 1, 1, Optional.of(budget(1, true, 1e-9)));
        SparseVideoGen large = policy(rules(true), 1, 1, Optional.of(budget(1, true, 1e9)));
        SparseVideoGen free =
                policy(rules(true), 1, 1, Optional.of(budget(1, true, Double.POSITIVE_INFINITY)));
        float[][] dense = dense();
        for (int step = 0; step < 4; step++) {
            assertThat(step(small, step)).isDeepEqualTo(dense);
            assertThat(step(large, step)).isDeepEqualTo(step(free, step));
        }
        assertThat(small.statistics().missed().error()).hasValue(0);
        assertThat(small.statistics().stepWidths()).containsOnly("-".repeat(HEADS));
        double whole = free.statistics().missed().error().orElseThrow();
        for (double factor : new double[] {0.9, 0.5, 0.2}) {
            SparseVideoGen limited =
                    policy(rules(true), 1, 1, Optional.of(budget(1, true, factor * whole)));
            for (int step = 0; step < STEPS; step++) {
                step(limited, step);
            }
            assertThat(limited.statistics().missed().error().orElseThrow())
                    .isBetween(0.5 * factor * whole, factor * whole);
        }
    }

    @Test
    void whereALimitHoldsNoBandIsGivenBeforeErrorsAreKnown() {
        SparseVideoGen limited = policy(rules(true), 0, 1, Optional.of(budget(1, true, 1e9)));
        assertThat(step(limited, 0)).isDeepEqualTo(dense());
        assertThat(limited.statistics().stepDensity()).isEqualTo(1);
        assertThat(step(limited, 1)).isNotEqualTo(dense());
        assertThat(limited.statistics().stepDensity()).isLessThan(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void headsThatNoBandDoesJusticeStayDenseWhateverTheBudget(int denseSteps) {
        SparseRules strict =
                SparseRules.corrected(
                        HeadChoices.around(Band.ofDensity(geometry, DENSITY, 0)),
                        geometry,
                        () -> all,
                        1e-4f,
                        null);
        SparseVideoGen policy =
                policy(
                        strict,
                        denseSteps,
                        1,
                        Optional.of(budget(1, true, Double.POSITIVE_INFINITY)));
        for (int step = 0; step < 3; step++) {
            assertThat(step(policy, step)).isDeepEqualTo(dense());
        }
        assertThat(policy.statistics().sparseDensity()).hasValue(1);
    }

    @Test
    void headsOfOneKindAndTheOfficialMasksHaveNoError() {
        SparseRules one =
                SparseRules.corrected(
                        Band.ofDensity(geometry, DENSITY, 0),
                        () -> all,
                        Float.POSITIVE_INFINITY,
                        HeadKind.TEMPORAL);
        SparseRules official =
                SparseRules.official(
                        OfficialRules.WAN,
                        geometry,
                        DENSITY,
                        RowSource.official(OfficialRules.WAN, geometry, 8, new TorchRandom(1)));
        for (SparseRules rules : List.of(one, official)) {
            SparseVideoGen policy = policy(rules, 0, 1, Optional.empty());
            step(policy, 0);
            assertThat(policy.statistics().missed().error()).isEmpty();
            assertThat(policy.statistics().stepWidths()).containsOnly("");
            assertThat(policy.statistics().widths()).hasSize(1);
        }
        SparseVideoGen fixed = policy(rules(false), 0, 1, Optional.empty());
        step(fixed, 0);
        assertThat(fixed.statistics().missed().error().orElseThrow()).isPositive();
    }
}

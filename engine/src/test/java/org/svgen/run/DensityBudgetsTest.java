package org.svgen.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.AttentionSettings.Budget;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.schedule.CleanSample;
import org.svgen.schedule.NoiseLevel;
import org.svgen.schedule.Sampler;
import org.svgen.schedule.Scheduler;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.sparse.Course;
import org.svgen.sparse.DensityBudget;
import org.svgen.sparse.OfficialRules;
import org.svgen.sparse.VideoGeometry;
import org.svgen.sparse.VideoGeometry.TextPlace;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/** How much errors count, and which runs have a budget. */
class DensityBudgetsTest {
    private static final double[] TIMESTEPS = {900, 700, 500, 300};

    /** Of its outputs the first two tell nothing that is a number, or nothing at all. */
    private static final Scheduler SCHEDULER =
            new Scheduler() {
                private final double[] shares = {Double.NaN, 0, 0.5, 3};

                @Override
                public double outputShare(int steps, int index) {
                    return shares[index];
                }

                @Override
                public int trainTimesteps() {
                    return 1000;
                }

                @Override
                public double[] timesteps(int steps) {
                    return TIMESTEPS.clone();
                }

                @Override
                public CleanSample cleanSample(int steps, int index) {
                    throw new AssertionError("asked for a clean sample");
                }

                @Override
                public NoiseLevel noise(int steps, int index) {
                    return new NoiseLevel(index + 1, 10 - index);
                }

                @Override
                public Sampler begin(Workspace workspace, int steps, long elements) {
                    throw new AssertionError("a run begins");
                }
            };

    /** Guidance is a hundredth of the timestep. */
    private record Guided(int branches) implements Denoiser {
        @Override
        public DenoiserShape shape() {
            VideoGeometry geometry = new VideoGeometry(2, 3, TextPlace.NONE, 0, 0);
            return new DenoiserShape(geometry, 5, 4, 8, branches, OfficialRules.WAN, false);
        }

        @Override
        public double guidance(double timestep) {
            return timestep / 100;
        }

        @Override
        public void predict(
                double timestep, Tensor sample, AttentionPolicy policy, Blocks blocks, Tensor out) {
            throw new AssertionError("a step is taken");
        }
    }

    private static Expert<String, String> expert(int from, int to) {
        return new Expert<>(
                "",
                from,
                to,
                memory -> "network",
                (network, workspace, condition) -> new Guided(2));
    }

    private static DensityBudgets budgets(Mode mode, Budget budget) {
        return new DensityBudgets(
                AttentionSettings.builder().mode(mode).budget(budget).build(),
                SCHEDULER,
                TIMESTEPS);
    }

    @Test
    void aBranchCountsByItsFactorInGuidanceAndAStepByWhatItMoves() {
        Course course = budgets(Mode.SVG, Budget.MOVING).course(expert(1, 3), new Guided(2));
        assertThat(course.from()).isEqualTo(1);
        assertThat(course.to()).isEqualTo(3);
        assertThat(course.timesteps()).containsExactly(TIMESTEPS);
        double[][] expected = {{64, 81}, {36, 49}, {4, 6.25}, {36, 81}};
        for (int step = 0; step < expected.length; step++) {
            assertThat(course.weights()[step]).containsExactly(expected[step], within(1e-9));
        }
    }

    @Test
    void withoutGuidanceStepsAloneCount() {
        Course course = budgets(Mode.SVG, Budget.MOVING).course(expert(0, 4), new Guided(1));
        assertThat(course.weights()).isDeepEqualTo(new double[][] {{1}, {1}, {0.25}, {9}});
    }

    @Test
    void aBranchThatIsTakenAwayEntirelyCountsALittle() {
        DensityBudgets budgets =
                new DensityBudgets(AttentionSettings.DEFAULT, SCHEDULER, new double[] {100});
        Course course = budgets.course(expert(0, 1), new Guided(2));
        assertThat(course.weights()).isDeepEqualTo(new double[][] {{1e-6, 1}});
    }

    @ParameterizedTest
    @EnumSource(Budget.class)
    void onlyWhereHeadsShareIsThereABudget(Budget kind) {
        for (Mode mode : Mode.values()) {
            DensityBudgets budgets = budgets(mode, kind);
            Guided denoiser = new Guided(2);
            Course course = budgets.course(expert(0, 2), denoiser);
            Optional<DensityBudget> budget = budgets.budget(denoiser.shape(), course);
            assertThat(budget.isPresent())
                    .as("%s %s", mode, kind)
                    .isEqualTo(mode == Mode.SVG && kind != Budget.FIXED);
            Course next = budgets.course(expert(2, 4), denoiser);
            assertThat(budgets.budget(denoiser.shape(), next)).isEqualTo(budget);
        }
    }
}

package org.svgen.run;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.schedule.Scheduler;
import org.svgen.sparse.Course;
import org.svgen.sparse.DensityBudget;
import org.svgen.sparse.SnrSchedule;

/** How much an error of attention counts in a run, and the budget that goes by it. */
final class DensityBudgets {
    /** A branch counts as much as that, at least. */
    private static final double LEAST = 1e-6;

    private final AttentionSettings settings;
    private final Scheduler scheduler;
    private final double[] timesteps;
    private @Nullable DensityBudget budget;

    DensityBudgets(AttentionSettings settings, Scheduler scheduler, double[] timesteps) {
        this.settings = settings;
        this.scheduler = scheduler;
        this.timesteps = timesteps;
    }

    /**
     * What errors of an expert's steps count: a squared error by the square of what it moves, which
     * is the step's share in the sample, times the branch's factor in guidance.
     */
    Course course(Expert<?, ?> expert, Denoiser denoiser) {
        double[][] weights = new double[timesteps.length][denoiser.shape().branches()];
        for (int step = 0; step < weights.length; step++) {
            double share = scheduler.outputShare(timesteps.length, step);
            double moved = Double.isFinite(share) && share > 0 ? share * share : 1;
            double guidance = weights[step].length == 1 ? 1 : denoiser.guidance(timesteps[step]);
            for (int branch = 0; branch < weights[step].length; branch++) {
                boolean prompted = branch == weights[step].length - 1;
                double factor = prompted ? guidance : guidance - 1;
                weights[step][branch] = moved * Math.max(factor * factor, LEAST);
            }
        }
        return new Course(expert.from(), expert.to(), timesteps, weights);
    }

    /** The run's budget, which goes on from expert to expert; none where heads share nothing. */
    Optional<DensityBudget> budget(DenoiserShape shape, Course course) {
        if (!shares(settings)) {
            return Optional.empty();
        }
        DensityBudget all = budget;
        if (all == null) {
            all = budget(settings, densities(), shape, course);
            budget = all;
        } else {
            all.begin(course);
        }
        return Optional.of(all);
    }

    private static boolean shares(AttentionSettings settings) {
        return settings.mode() == Mode.SVG && settings.budget() != AttentionSettings.Budget.FIXED;
    }

    /** For measurements, whose steps are alike. */
    static Optional<DensityBudget> even(
            AttentionSettings settings, DenoiserShape shape, Course course) {
        double[] densities = new double[course.timesteps().length];
        Arrays.fill(densities, settings.density());
        return shares(settings)
                ? Optional.of(budget(settings, densities, shape, course))
                : Optional.empty();
    }

    private static DensityBudget budget(
            AttentionSettings settings, double[] densities, DenoiserShape shape, Course course) {
        return new DensityBudget(
                densities,
                settings.budget() == AttentionSettings.Budget.MOVING,
                settings.maxError(),
                shape.layers() * shape.branches() * shape.heads(),
                course);
    }

    /** The logarithm of signal to noise, in power, at each step of the run. */
    double[] logSnr() {
        double[] logSnr = new double[timesteps.length];
        for (int step = 0; step < logSnr.length; step++) {
            logSnr[step] = scheduler.noise(timesteps.length, step).logSnr();
        }
        return logSnr;
    }

    private double[] densities() {
        double[] densities = new double[timesteps.length];
        Arrays.fill(densities, settings.density());
        if (settings.budget() == AttentionSettings.Budget.SNR) {
            int first = settings.denseSteps().of(timesteps.length);
            SnrSchedule.spread(densities, logSnr(), first);
        }
        return densities;
    }
}

package org.svgen.run;

import java.lang.foreign.Arena;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.StepListener;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.sparse.AttentionStatistics;
import org.svgen.sparse.Band;
import org.svgen.sparse.ByBranch;
import org.svgen.sparse.Course;
import org.svgen.sparse.Dense;
import org.svgen.sparse.DensityBudget;
import org.svgen.sparse.HeadChoices;
import org.svgen.sparse.HeadKind;
import org.svgen.sparse.OfficialRules;
import org.svgen.sparse.RowSource;
import org.svgen.sparse.SparseMemory;
import org.svgen.sparse.SparseRules;
import org.svgen.sparse.SparseVideoGen;
import org.svgen.sparse.VideoGeometry;
import org.svgen.sparse.WarmUp;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.random.TorchRandom;

/** Turns the attention settings of a request into the policy of a run. */
public final class AttentionPolicies {
    /** A density by which the official masks may miss what was asked for without a word. */
    private static final double WORTH_A_NOTE = 0.005;

    private AttentionPolicies() {}

    /**
     * A run as its policy sees it.
     *
     * @param shape of a pass
     * @param course the denoiser's steps, and how much an error counts in them
     * @param seed of the sampled rows
     * @param logSnr logarithm of signal to noise, in power, by step; empty if nobody knows
     * @param statistics takes what is attended to
     * @param budget spends the density; none gives every head the same
     */
    public record Run(
            DenoiserShape shape,
            Course course,
            long seed,
            double[] logSnr,
            AttentionStatistics statistics,
            Optional<DensityBudget> budget) {
        /**
         * {@return a run whose steps count alike}
         *
         * @param shape of a pass
         * @param timesteps what the model is told at each denoising step
         * @param seed of the sampled rows
         * @param settings that say how the density is spent
         */
        public static Run even(
                DenoiserShape shape, double[] timesteps, long seed, AttentionSettings settings) {
            Course course = Course.even(timesteps, shape.branches());
            return new Run(
                    shape,
                    course,
                    seed,
                    new double[0],
                    new AttentionStatistics(shape.layers()),
                    DensityBudgets.even(settings, shape, course));
        }

        /** One branch alone, which spends what all have. */
        private Run ofBranch(int branch) {
            return new Run(
                    shape.ofBranch(branch),
                    course.ofBranch(branch),
                    seed,
                    logSnr,
                    statistics,
                    budget);
        }

        private double[] timesteps() {
            return course.timesteps();
        }

        private VideoGeometry geometry() {
            return shape.geometry();
        }
    }

    /**
     * Makes the policy that the settings ask for.
     *
     * @param settings how attention is computed
     * @param run the sizes of the run
     * @param workspace gives the policy's memory, which lives as long as the enclosing scope
     * @param host owns the policy's host memory
     * @param listener told if the density cannot be reached
     * @return the policy
     */
    public static AttentionPolicy create(
            AttentionSettings settings,
            Run run,
            Workspace workspace,
            Arena host,
            StepListener listener) {
        if (!run.shape.even()) {
            return byBranch(
                    run.shape,
                    run.statistics,
                    branch -> {
                        StepListener told = branch == 0 ? listener : StepListener.SILENT;
                        return create(settings, run.ofBranch(branch), workspace, host, told);
                    });
        }
        VideoGeometry g = run.geometry();
        if (settings.mode() == AttentionSettings.Mode.DENSE || Broadcasts.meant(settings)) {
            // Reuse over steps is made where steps are known.
            return new Dense(g, AttentionPrecisions.of(settings).behind(), run.statistics);
        }
        tellOfNone(settings, run, listener);
        WarmUp warmUp = warmUp(settings, run);
        if (ListPolicies.meant(settings)) {
            return ListPolicies.create(settings, run, warmUp, workspace, host, listener);
        }
        if (ClusterPolicies.meant(settings)) {
            return ClusterPolicies.create(settings, run, warmUp, workspace, host, listener);
        }
        SparseRules rules = rules(settings, run, listener).in(AttentionPrecisions.of(settings));
        return new SparseVideoGen(
                g,
                rules,
                warmUp,
                SparseMemory.allocate(
                        workspace,
                        host,
                        rules,
                        run.shape.layers(),
                        run.shape.branches(),
                        run.shape.heads()),
                workspace.backend(),
                run.statistics,
                run.course,
                run.budget);
    }

    static AttentionPolicy byBranch(
            DenoiserShape shape,
            AttentionStatistics statistics,
            IntFunction<AttentionPolicy> ofBranch) {
        return new ByBranch(
                IntStream.range(0, shape.branches()).mapToObj(ofBranch).toList(), statistics);
    }

    private static void tellOfNone(AttentionSettings settings, Run run, StepListener listener) {
        int steps = run.timesteps().length;
        int layers = run.shape.layers();
        if (denseSteps(settings, run) == steps) {
            listener.note(
                    "attention is dense in all steps, of which there are %d".formatted(steps));
        } else if (settings.denseLayers().of(layers) == layers) {
            listener.note(
                    "attention is dense in all layers, of which there are %d".formatted(layers));
        }
    }

    /**
     * {@return how many steps from the first attend densely in all layers, so that the others may
     * be sparse; 0 where attention is dense anyhow}
     *
     * @param settings how attention is computed
     * @param run the sizes of the run
     */
    static int denseSteps(AttentionSettings settings, Run run) {
        if (settings.mode() == AttentionSettings.Mode.DENSE) {
            return 0;
        }
        WarmUp warmUp = warmUp(settings, run);
        int step = 0;
        while (step < run.timesteps().length
                && warmUp.dense(step, run.timesteps()[step], Integer.MAX_VALUE)) {
            step++;
        }
        return step;
    }

    private static SparseRules rules(AttentionSettings settings, Run run, StepListener listener) {
        return switch (settings.mode()) {
            case DENSE, PAB, SOL, TOPK, MINFERENCE, STA, SVG2, EAR ->
                    throw new IllegalArgumentException(settings.mode() + " has no bands");
            case SVG_OFFICIAL -> official(settings, run, listener);
            case SVG -> corrected(settings, run, null, listener);
            case SPATIAL -> corrected(settings, run, HeadKind.SPATIAL, listener);
            case TEMPORAL -> corrected(settings, run, HeadKind.TEMPORAL, listener);
        };
    }

    private static SparseRules official(
            AttentionSettings settings, Run run, StepListener listener) {
        OfficialRules official = run.shape.official();
        VideoGeometry g = run.geometry();
        SparseRules rules =
                SparseRules.official(
                        official,
                        g,
                        settings.density(),
                        RowSource.official(
                                official, g, settings.sampledRows(), new TorchRandom(run.seed)));
        double kept = rules.choices().plan().kinds().getFirst().pattern().density();
        if (Math.abs(kept - settings.density()) > WORTH_A_NOTE) {
            listener.note(
                    "density %.3f is not what the official masks keep, but %.3f"
                            .formatted(settings.density(), kept));
        }
        return rules;
    }

    private static SparseRules corrected(
            AttentionSettings settings, Run run, @Nullable HeadKind fixed, StepListener listener) {
        VideoGeometry g = run.geometry();
        int block = settings.hasTail() ? Band.TAIL_BLOCK : 1;
        Band band = band(settings.density(), run.shape, block, listener);
        // A band that keeps nothing of the video has no narrower ones, nor wider: it is a fallback.
        HeadChoices choices =
                run.budget.isPresent() && band.halfWidth() > 0
                        ? HeadChoices.around(band)
                        : HeadChoices.of(band);
        SparseRules rules =
                SparseRules.corrected(
                        choices,
                        g,
                        RowSource.stratified(g, settings.sampledRows(), random(run.seed)),
                        (float) settings.headTolerance(),
                        fixed);
        if (settings.hasTail()) {
            rules = rules.withTail(band);
        }
        return settings.auditRows() == 0
                ? rules
                : rules.audited(RowSource.stratified(g, settings.auditRows(), random(~run.seed)));
    }

    private static RandomGenerator random(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    private static Band band(
            double density, DenoiserShape shape, int block, StepListener listener) {
        VideoGeometry g = shape.geometry();
        if (shape.firstFrameSink()) {
            if (g.frames() == 1) {
                listener.note(
                        "one latent frame: heads attend in a band, without a first-frame sink");
            } else {
                Band band = Band.ofDensity(g, density, 1, block);
                if (band.halfWidth() > 0) {
                    return band;
                }
                listener.note(
                        "density %.3f leaves no room for a first-frame sink, which alone keeps %.3f"
                                        .formatted(density, band.density())
                                + ": heads attend in a band without it");
            }
        }
        Band band = Band.ofDensity(g, density, 0, block);
        if (band.halfWidth() == 0) {
            listener.note(
                    "density %.3f cannot be reached: the text alone keeps %.3f"
                            .formatted(density, band.density()));
        }
        return band;
    }

    private static WarmUp warmUp(AttentionSettings settings, Run run) {
        if (settings.mode() == AttentionSettings.Mode.SVG_OFFICIAL
                && run.shape.official() == OfficialRules.COG
                && settings.denseSteps() instanceof Amount.Fraction(double steps)
                && settings.denseLayers() instanceof Amount.Fraction(double layers)) {
            return WarmUp.officialCog(steps, layers, run.shape.layers());
        }
        int steps = settings.denseSteps().of(run.timesteps().length);
        int layers = settings.denseLayers().of(run.shape.layers());
        return settings.mode() == AttentionSettings.Mode.SVG_OFFICIAL
                        && run.shape.official() == OfficialRules.WAN
                ? WarmUp.officialWan(run.timesteps(), steps, layers)
                : WarmUp.first(steps, layers);
    }
}

package org.svgen.run;

import java.lang.foreign.Arena;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.StepListener;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.sparse.AttentionStatistics;
import org.svgen.sparse.Band;
import org.svgen.sparse.Dense;
import org.svgen.sparse.HeadKind;
import org.svgen.sparse.OfficialRules;
import org.svgen.sparse.RowSource;
import org.svgen.sparse.SparseRules;
import org.svgen.sparse.SparseVideoGen;
import org.svgen.sparse.VideoGeometry;
import org.svgen.sparse.WarmUp;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.random.TorchRandom;

/** Turns the attention settings of a request into the policy of a run. */
public final class AttentionPolicies {
    private AttentionPolicies() {}

    /**
     * A run as its policy sees it.
     *
     * @param shape of a pass
     * @param steps denoising steps
     * @param seed of the sampled rows
     * @param statistics takes what is attended to
     */
    public record Run(DenoiserShape shape, int steps, long seed, AttentionStatistics statistics) {
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
        VideoGeometry g = run.geometry();
        if (settings.mode() == AttentionSettings.Mode.DENSE) {
            return new Dense(g, run.statistics);
        }
        SparseRules rules = rules(settings, run, listener);
        return new SparseVideoGen(
                g,
                rules,
                warmUp(settings, run),
                SparseVideoGen.Memory.allocate(
                        workspace,
                        host,
                        run.shape.layers(),
                        run.shape.branches(),
                        run.shape.heads()),
                workspace.backend(),
                run.statistics);
    }

    private static SparseRules rules(AttentionSettings settings, Run run, StepListener listener) {
        return switch (settings.mode()) {
            case DENSE -> throw new IllegalArgumentException("dense attention has no rules");
            case SVG_OFFICIAL ->
                    SparseRules.official(
                            run.shape.official(),
                            run.geometry(),
                            settings.density(),
                            RowSource.official(
                                    run.shape.official(),
                                    run.geometry(),
                                    settings.sampledRows(),
                                    new TorchRandom(run.seed)));
            case SVG -> corrected(settings, run, null, listener);
            case SPATIAL -> corrected(settings, run, HeadKind.SPATIAL, listener);
            case TEMPORAL -> corrected(settings, run, HeadKind.TEMPORAL, listener);
        };
    }

    private static SparseRules corrected(
            AttentionSettings settings, Run run, @Nullable HeadKind fixed, StepListener listener) {
        Band band = Band.ofDensity(run.geometry(), settings.density(), 0);
        if (band.halfWidth() == 0) {
            listener.note(
                    "density %.3f cannot be reached: the text alone keeps %.3f"
                            .formatted(settings.density(), band.density()));
        }
        return SparseRules.corrected(
                band,
                RowSource.stratified(
                        run.geometry(),
                        settings.sampledRows(),
                        RandomGeneratorFactory.of("L64X128MixRandom").create(run.seed)),
                (float) settings.headTolerance(),
                fixed);
    }

    private static WarmUp warmUp(AttentionSettings settings, Run run) {
        if (settings.mode() == AttentionSettings.Mode.SVG_OFFICIAL
                && run.shape.official() == OfficialRules.COG
                && settings.denseSteps() instanceof Amount.Fraction(double steps)
                && settings.denseLayers() instanceof Amount.Fraction(double layers)) {
            return WarmUp.officialCog(steps, layers, run.shape.layers());
        }
        return WarmUp.first(
                settings.denseSteps().of(run.steps), settings.denseLayers().of(run.shape.layers()));
    }
}

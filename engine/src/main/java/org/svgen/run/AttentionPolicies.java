package org.svgen.run;

import java.lang.foreign.Arena;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.StepListener;
import org.svgen.sparse.AttentionPolicy;
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
     * The sizes of a run that a policy needs.
     *
     * @param geometry where text and video lie
     * @param layers number of layers
     * @param batch guidance branches
     * @param heads heads of a layer
     * @param steps denoising steps
     * @param seed of the sampled rows
     * @param official the official rules for this family of models
     */
    public record Run(
            VideoGeometry geometry,
            int layers,
            int batch,
            int heads,
            int steps,
            long seed,
            OfficialRules official) {}

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
        VideoGeometry g = run.geometry;
        SparseRules rules;
        switch (settings.mode()) {
            case DENSE -> {
                return new Dense(g, run.layers);
            }
            case SVG_OFFICIAL ->
                    rules =
                            SparseRules.official(
                                    run.official,
                                    g,
                                    settings.density(),
                                    RowSource.official(
                                            run.official,
                                            g,
                                            settings.sampledRows(),
                                            new TorchRandom(run.seed)));
            case SVG -> rules = corrected(settings, run, null, listener);
            case SPATIAL -> rules = corrected(settings, run, HeadKind.SPATIAL, listener);
            case TEMPORAL -> rules = corrected(settings, run, HeadKind.TEMPORAL, listener);
            default -> throw new AssertionError();
        }
        return new SparseVideoGen(
                g,
                rules,
                warmUp(settings, run),
                SparseVideoGen.Memory.allocate(workspace, host, run.layers, run.batch, run.heads),
                workspace.backend());
    }

    private static SparseRules corrected(
            AttentionSettings settings, Run run, @Nullable HeadKind fixed, StepListener listener) {
        Band band = Band.ofDensity(run.geometry, settings.density(), 0);
        if (band.halfWidth() == 0) {
            listener.note(
                    "density %.3f cannot be reached: the text alone keeps %.3f"
                            .formatted(settings.density(), band.density()));
        }
        return SparseRules.corrected(
                band,
                RowSource.stratified(
                        run.geometry,
                        settings.sampledRows(),
                        RandomGeneratorFactory.of("L64X128MixRandom").create(run.seed)),
                (float) settings.headTolerance(),
                fixed);
    }

    private static WarmUp warmUp(AttentionSettings settings, Run run) {
        if (settings.mode() == AttentionSettings.Mode.SVG_OFFICIAL
                && run.official == OfficialRules.COG
                && settings.denseSteps() instanceof Amount.Fraction(double steps)
                && settings.denseLayers() instanceof Amount.Fraction(double layers)) {
            return WarmUp.officialCog(steps, layers, run.layers);
        }
        return WarmUp.first(
                settings.denseSteps().of(run.steps), settings.denseLayers().of(run.layers));
    }
}

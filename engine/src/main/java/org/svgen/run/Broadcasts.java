package org.svgen.run;

import java.util.function.Function;
import org.svgen.cache.Skippable;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.StepListener;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.sparse.AttentionStatistics;
import org.svgen.sparse.Broadcast;
import org.svgen.tensor.device.Workspace;

/** Attention whose outputs are taken over from step to step. */
final class Broadcasts {
    /** The range of timesteps in which outputs are taken over, without its ends. */
    private static final double ABOVE = 100;

    private static final double BELOW = 900;

    /** A density by which every n-th step may miss what was asked for without a word. */
    private static final double WORTH_A_NOTE = 0.005;

    private Broadcasts() {}

    static boolean meant(AttentionSettings settings) {
        return settings.mode() == AttentionSettings.Mode.PAB;
    }

    /**
     * @param denseSteps steps from the first that attend in any case
     * @param refills as {@link Broadcast} has it
     * @param listener told of the density that is reached, if it is not the one asked for
     */
    static AttentionPolicy create(
            AttentionSettings settings,
            Denoiser denoiser,
            double[] timesteps,
            int denseSteps,
            boolean refills,
            AttentionStatistics statistics,
            Workspace workspace,
            StepListener listener) {
        DenoiserShape shape = denoiser.shape();
        int every = (int) Math.max(1, Math.round(1 / settings.density()));
        if (Math.abs(1.0 / every - settings.density()) > WORTH_A_NOTE) {
            listener.note(
                    "density %.3f is not a share of steps that attention can be reused by: it is computed at every %d. step"
                            .formatted(settings.density(), every));
        }
        boolean[] reused = Broadcast.steps(timesteps, ABOVE, BELOW, every, denseSteps);
        if (every > 1 && Skippable.count(reused) == 0) {
            listener.note(
                    "attention is computed at each of the %d steps: only those between timesteps %.0f and %.0f, behind the dense ones, take outputs over"
                            .formatted(timesteps.length, BELOW, ABOVE));
        }
        Function<DenoiserShape, AttentionPolicy> of =
                part ->
                        new Broadcast(
                                part.geometry(),
                                reused,
                                workspace.allocate(
                                        part.layers(),
                                        part.branches(),
                                        part.geometry().tokens(),
                                        denoiser.inside().width()),
                                refills,
                                AttentionPrecisions.of(settings),
                                denseSteps,
                                statistics);
        return shape.even()
                ? of.apply(shape)
                : AttentionPolicies.byBranch(
                        shape, statistics, branch -> of.apply(shape.ofBranch(branch)));
    }
}

package org.svgen.run;

import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Latents;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.schedule.Scheduler;
import org.svgen.sparse.AttentionStatistics;
import org.svgen.tensor.DType;
import org.svgen.tensor.random.TorchRandom;

/**
 * The way from a request that passed its check to a video, the same for every model: it is played
 * through for the plan ({@link Rehearsal}) and done for the video ({@link PlannedRun}).
 *
 * @param <C> what the model's text and pictures become
 */
final class Generation<C> {
    private final Request request;
    private final Scheduler scheduler;
    private final ModelCaches caches;
    private final VideoParts<C> parts;
    private final DType activation;
    private final Stages stages;
    private final StepListener listener;
    private final RunLog log;
    private final Keeping keeping;

    Generation(
            Request request,
            Scheduler scheduler,
            ModelCaches caches,
            VideoParts<C> parts,
            DType activation,
            Stages stages,
            StepListener listener,
            RunLog log,
            Keeping keeping) {
        this.request = request;
        this.scheduler = scheduler;
        this.caches = caches;
        this.parts = parts;
        this.activation = activation;
        this.stages = stages;
        this.listener = listener;
        this.log = log;
        this.keeping = keeping;
    }

    /**
     * Latents, and what attention did on the way to them.
     *
     * @param latents for the caller to close
     * @param skips steps that a cache could skip
     */
    record Denoised(Latents latents, AttentionStatistics statistics, Plan.Skips skips) {}

    /** From the prompt to latents. */
    Denoised denoise() {
        TorchRandom numbers = new TorchRandom(request.seed());
        Latents latents = new Latents(parts.latentDims());
        try (Arena host = Arena.ofShared()) {
            C condition = parts.condition(new Encoding(stages, host, numbers, listener));
            Denoising<C> denoising =
                    new Denoising<>(
                            request,
                            scheduler,
                            caches,
                            parts,
                            activation,
                            stages,
                            new Draws(numbers, stages.rehearsal()),
                            listener,
                            log,
                            keeping,
                            latents);
            AttentionStatistics statistics = denoising.run(condition, host);
            return new Denoised(latents, statistics, denoising.skips());
        } catch (Throwable e) {
            latents.close();
            throw e;
        }
    }

    /** {@return a video of latents, for the caller to close; none if nothing is computed} */
    @Nullable Clip decode(Latents latents) {
        if (stages.rehearsal()) {
            decode(latents, null);
            return null;
        }
        return Clip.filledBy(request, clip -> decode(latents, clip));
    }

    private void decode(Latents latents, @Nullable Clip clip) {
        stages.run(
                Stage.DECODE,
                activation,
                parts::decoder,
                (decoder, workspace) -> {
                    decoder.decode(
                            workspace,
                            parts.decodable(workspace, latents.tensor()),
                            clip == null ? null : clip.frames(),
                            (done, total) -> listener.progress(Stage.DECODE, done, total));
                    return latents;
                },
                from -> Numbers.of(clip));
    }
}

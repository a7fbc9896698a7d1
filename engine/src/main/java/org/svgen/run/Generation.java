package org.svgen.run;

import org.svgen.checkpoint.Checkpoint;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Latents;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Recipe;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener;
import org.svgen.run.Planner.Draft;
import org.svgen.sparse.AttentionStatistics;
import org.svgen.tensor.device.Backend;

/**
 * The way from a request that passed its check to a video, the same for every model.
 *
 * @param request the video to make
 * @param latentDims of the model's latents
 * @param start begins what the model does
 */
public record Generation(Request request, long[] latentDims, VideoRun.Start start) {

    /**
     * Plays the request through.
     *
     * @param tokens in a forward pass of the model
     * @return what it would need
     */
    public Draft rehearse(Plan.Tokens tokens) {
        Rehearsal stages = new Rehearsal();
        try (Latents latents = new Latents(latentDims)) {
            VideoRun run = start.begin(stages, StepListener.SILENT, new RunLog(), latents.tensor());
            run.denoise();
            run.decode(null);
            return new Draft(
                    stages.needs(), tokens, latents.tensor().bytes() + Clip.bytes(request));
        }
    }

    /**
     * Makes the video as {@code plan} says.
     *
     * @param checkpoint the model
     * @param backend computes
     * @param plan how the run goes about memory
     * @param listener told how far it is and what is to be known; may cancel
     * @return the video and its report; the caller closes it
     */
    public Result make(Checkpoint checkpoint, Backend backend, Plan plan, StepListener listener) {
        return new WeightsWatch(checkpoint, listener)
                .during(() -> run(checkpoint, backend, plan, listener));
    }

    private Result run(Checkpoint checkpoint, Backend backend, Plan plan, StepListener listener) {
        checkpoint.notes().forEach(listener::note);
        Latents latents = new Latents(latentDims);
        RunLog log = new RunLog();
        NumberCheck numbers = new NumberCheck(checkpoint, request.latents());
        try (ModelHash hash = new ModelHash(checkpoint)) {
            Stages stages = new PlannedRun(plan, backend, numbers, log);
            VideoRun run = start.begin(stages, listener, log, latents.tensor());
            AttentionStatistics statistics = run.denoise();
            String modelHash = hash.await(backend::ask, listener::note);
            Clip clip = Clip.filledBy(request, run::decode);
            try {
                StillVideo.note(clip).ifPresent(listener::note);
                Report report =
                        log.report(
                                checkpoint,
                                modelHash,
                                backend,
                                statistics,
                                plan.workspaceBytes(),
                                run.tokensCut());
                return new Result(
                        clip, latents, report, Recipe.of(request, report, backend.name()));
            } catch (Throwable e) {
                clip.close();
                throw e;
            }
        } catch (Throwable e) {
            latents.close();
            throw e;
        }
    }
}

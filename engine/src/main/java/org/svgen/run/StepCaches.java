package org.svgen.run;

import java.util.List;
import org.svgen.cache.BlockCache;
import org.svgen.cache.FirstBlockCache;
import org.svgen.cache.OutputCache;
import org.svgen.cache.Reused;
import org.svgen.cache.SkipRule;
import org.svgen.cache.Skippable;
import org.svgen.cache.StepCache;
import org.svgen.cache.TeaCache;
import org.svgen.pipeline.CacheSettings;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.StepListener;
import org.svgen.schedule.Scheduler;
import org.svgen.sparse.VideoGeometry;

/** Turns the cache settings of a request into the cache of each of its experts. */
record StepCaches(Request request, Scheduler scheduler, ModelCaches model, Skippable skippable) {
    /**
     * @param request whose threshold is known
     * @param model what is known of caches for the model
     * @param denseSteps the warm-up of attention, which no cache shortens
     * @param begins the first step of each expert
     * @param listener told if nothing can be skipped
     */
    static StepCaches of(
            Request request,
            Scheduler scheduler,
            ModelCaches model,
            int denseSteps,
            int[] begins,
            StepListener listener) {
        CacheSettings settings = request.cache();
        int warmUp = Math.max(denseSteps, settings.warmUp().of(request.steps()));
        StepCaches caches =
                new StepCaches(
                        request,
                        scheduler,
                        model,
                        Skippable.behind(warmUp, request.steps(), begins, settings.inARow()));
        caches.tell(warmUp, listener);
        return caches;
    }

    private void tell(int warmUp, StepListener listener) {
        if (request.cache().kind() == CacheSettings.Kind.NONE) {
            return;
        }
        if (skippable.most() == 0) {
            listener.note(
                    "no step can be skipped: of %d steps, the first %d and the last are computed"
                            .formatted(request.steps(), Math.clamp(warmUp, 1, request.steps())));
        } else if (request.cache().kind() == CacheSettings.Kind.EVEN) {
            long asked = Math.round(threshold() * request.steps());
            if (skips().least() < asked) {
                listener.note(
                        "%d of %d steps are skipped, not %d: the first %d and the last are computed, and at most %d in a row are skipped"
                                .formatted(
                                        skips().least(),
                                        request.steps(),
                                        asked,
                                        Math.max(1, warmUp),
                                        skippable.inARow()));
            }
        }
    }

    private double threshold() {
        return request.cache().threshold().orElseThrow();
    }

    /** {@return how many steps are skipped} */
    Plan.Skips skips() {
        return switch (request.cache().kind()) {
            case NONE -> Plan.Skips.NONE;
            case EASY, TEA, FBC -> new Plan.Skips(0, skippable.most());
            case EVEN -> {
                int count = Skippable.count(skippable.even(threshold()));
                yield new Plan.Skips(count, count);
            }
        };
    }

    /**
     * {@return the cache of an expert}
     *
     * @param allowance what the run may miss
     */
    StepCache create(OutputCache.Pass pass, Denoiser denoiser, SkipRule.Allowance allowance) {
        return switch (request.cache().kind()) {
            case NONE -> StepCache.NONE;
            case EASY ->
                    output(
                            new SkipRule.Limited(
                                    new SkipRule.Easy(skippable, threshold()), allowance),
                            pass);
            case EVEN -> output(new SkipRule.Even(skippable.even(threshold())), pass);
            case TEA ->
                    new TeaCache(
                            skippable,
                            threshold(),
                            model.tea().orElseThrow(),
                            pass.workspace(),
                            pass.host(),
                            stream(denoiser));
            case FBC ->
                    new FirstBlockCache(
                            skippable,
                            threshold(),
                            pass.workspace(),
                            pass.host(),
                            stream(denoiser));
        };
    }

    private static BlockCache.Stream stream(Denoiser denoiser) {
        DenoiserShape shape = denoiser.shape();
        VideoGeometry g = shape.geometry();
        Denoiser.Inside inside = denoiser.inside();
        return new BlockCache.Stream(
                shape.branches(),
                g.tokens(),
                g.videoFrom(),
                g.videoTo(),
                inside.width(),
                inside.signal());
    }

    /** A scheduler that shifts follows the flow that EasyCache was published for. */
    private StepCache output(SkipRule rule, OutputCache.Pass pass) {
        List<Reused> candidates = scheduler.shifts() ? Reused.PUBLISHED : Reused.MEASURED;
        return new OutputCache(
                rule, candidates, pass, step -> scheduler.cleanSample(request.steps(), step));
    }
}

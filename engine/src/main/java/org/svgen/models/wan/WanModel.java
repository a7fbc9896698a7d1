package org.svgen.models.wan;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Pictures;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.StepListener;
import org.svgen.run.FewSteps;
import org.svgen.run.Model;
import org.svgen.run.ModelCaches;
import org.svgen.run.Shift;
import org.svgen.run.VideoParts;
import org.svgen.schedule.Scheduler;
import org.svgen.schedule.Schedulers;
import org.svgen.tensor.DType;
import org.svgen.text.Tokenizer;
import org.svgen.text.Tokenizers;

/** An open Wan. */
record WanModel(WanComponents parts, Scheduler scheduler, Tokenizer tokenizer) implements Model {
    static WanModel open(Checkpoint checkpoint, DType activation) {
        WanComponents parts = WanComponents.open(checkpoint, activation);
        return new WanModel(
                parts,
                Schedulers.load(checkpoint.config("scheduler")),
                // Last, since nobody would close it if something else failed.
                Tokenizers.open(checkpoint, "tokenizer"));
    }

    @Override
    public Defaults defaults() {
        return WanDefaults.of(parts, scheduler);
    }

    @Override
    public ModelCaches caches() {
        return WanDefaults.caches(parts, scheduler);
    }

    @Override
    public int headDim() {
        return parts.config().headDim();
    }

    @Override
    public Pictures pictures() {
        return parts.kind().pictures(parts.config());
    }

    @Override
    public Scheduler scheduler(Request request) {
        return FewSteps.of(scheduler, request);
    }

    @Override
    public List<String> unused(Request request, Defaults defaults) {
        List<String> unused = new ArrayList<>();
        WanGuidance guidance = WanGuidance.of(request, parts.kind());
        if (!request.negativePrompt().isEmpty() && !guidance.anywhere()) {
            unused.add("the negative prompt is not used: guidance of at most 1 turns it off");
        }
        OptionalDouble second = request.get(WanFamily.GUIDANCE_2);
        if (parts.kind().boundary().isEmpty()) {
            String why = " is not used: this model has one transformer for all noise";
            if (second.isPresent()) {
                unused.add("guidance 2" + why);
            }
            if (request.get(WanFamily.BOUNDARY).isPresent()) {
                unused.add("boundary" + why);
            }
        } else if (!guidance.anywhere()
                && !second.equals(defaults.settings().get(WanFamily.GUIDANCE_2))) {
            unused.add("guidance 2 is not used: guidance of at most 1 turns it off");
        }
        if (request.get(Shift.SETTING).isPresent() && !scheduler.shifts()) {
            unused.add("shift is not used: this model's scheduler has none");
        }
        return unused;
    }

    @Override
    public long[] latentDims(Request request) {
        return size(request).latentDims(parts.config().outChannels());
    }

    private WanSize size(Request request) {
        return WanSize.of(request, parts.config(), parts.vae());
    }

    @Override
    public VideoParts<?> parts(Request request, StepListener listener) {
        WanGuidance guidance = WanGuidance.of(request, parts.kind());
        return new WanVideo(
                this,
                request,
                size(request),
                guidance,
                WanPrompt.of(request, guidance.anywhere(), tokenizer, listener));
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}

package org.svgen.models.hunyuan15;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.svgen.cache.TeaCurve;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Pictures;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Sampling;
import org.svgen.pipeline.StepListener;
import org.svgen.run.FewSteps;
import org.svgen.run.Model;
import org.svgen.run.ModelCaches;
import org.svgen.run.Shift;
import org.svgen.run.VideoParts;
import org.svgen.schedule.GivenSigmas;
import org.svgen.schedule.Scheduler;
import org.svgen.schedule.Schedulers;
import org.svgen.tensor.DType;
import org.svgen.text.Tokenizer;
import org.svgen.text.Tokenizers;

/**
 * An open HunyuanVideo-1.5.
 *
 * @param bytes the tokenizer of quoted text
 */
record Hunyuan15Model(
        Hunyuan15Components parts, Scheduler scheduler, Tokenizer tokenizer, Tokenizer bytes)
        implements Model {
    /** Of models with mean flow, which were distilled to few steps. */
    private static final int FEW_STEPS = 12;

    private static final int STEPS = 50;

    static Hunyuan15Model open(Checkpoint checkpoint, DType activation) {
        Hunyuan15Components parts = Hunyuan15Components.open(checkpoint, activation);
        Scheduler scheduler = Schedulers.load(checkpoint.config("scheduler"), GivenSigmas.even());
        // Last, since nobody would close them if something else failed.
        Tokenizer tokenizer = Tokenizers.open(checkpoint, "tokenizer");
        try {
            return new Hunyuan15Model(
                    parts, scheduler, tokenizer, Tokenizers.open(checkpoint, "tokenizer_2"));
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    /** The size is what diffusers chooses for 16 to 9; the scale is the guider's. */
    @Override
    public Defaults defaults() {
        double scale = parts.guider().enabled() ? parts.guider().scale() : 1;
        return Defaults.of(
                Hunyuan15Sizes.landscape(parts.config().targetSize(), parts.vae().spatialRatio()),
                Sampling.of(parts.config().meanFlow() ? FEW_STEPS : STEPS, scale),
                AttentionSettings.DEFAULT);
    }

    /** Nobody measured EasyCache on this model. */
    @Override
    public ModelCaches caches() {
        return ModelCaches.inside(ModelCaches.DEFAULT.easy(), curve(parts.config()));
    }

    /** TeaCache was fitted to the models for 720p whose steps are not distilled. */
    static Optional<TeaCurve> curve(Hunyuan15Config c) {
        boolean fitted = c.layers() == 54 && c.targetSize() == 960 && !c.meanFlow();
        return fitted
                ? Optional.of(
                        c.picture() ? TeaCurve.HUNYUAN_15_I2V_720 : TeaCurve.HUNYUAN_15_T2V_720)
                : Optional.empty();
    }

    @Override
    public int headDim() {
        return parts.config().shape().headDim();
    }

    @Override
    public Pictures pictures() {
        return parts.config().picture() ? Pictures.FIRST : Pictures.NONE;
    }

    @Override
    public Scheduler scheduler(Request request) {
        return FewSteps.of(scheduler, request);
    }

    @Override
    public List<String> unused(Request request, Defaults defaults) {
        List<String> unused = new ArrayList<>();
        if (!request.negativePrompt().isEmpty()
                && !Hunyuan15Video.guider(parts, request).guides()) {
            unused.add("the negative prompt is not used: guidance of 1 turns it off");
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

    private Hunyuan15Size size(Request request) {
        return Hunyuan15Size.of(request, parts.vae().spatialRatio(), parts.vae().temporalRatio());
    }

    @Override
    public VideoParts<?> parts(Request request, StepListener listener) {
        boolean guided = Hunyuan15Video.guider(parts, request).guides();
        return new Hunyuan15Video(
                this,
                request,
                size(request),
                Hunyuan15Prompt.of(request, guided, tokenizer, bytes, listener));
    }

    @Override
    public void close() {
        try (tokenizer) {
            bytes.close();
        }
    }
}

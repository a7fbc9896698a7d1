package org.svgen.models.hunyuan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.svgen.cache.TeaCurve;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.EightBitLayers;
import org.svgen.checkpoint.WeightCount;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Pictures;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Sampling;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoSize;
import org.svgen.run.FewSteps;
import org.svgen.run.Model;
import org.svgen.run.ModelCaches;
import org.svgen.run.VideoParts;
import org.svgen.schedule.GivenSigmas;
import org.svgen.schedule.Scheduler;
import org.svgen.schedule.Schedulers;
import org.svgen.tensor.DType;
import org.svgen.text.ClipConfig;
import org.svgen.text.LlamaConfig;
import org.svgen.text.LlavaConfig;
import org.svgen.text.Tokenizer;
import org.svgen.text.Tokenizers;
import org.svgen.vae.VaeDecoder;
import org.svgen.vae.VideoDecoder;
import org.svgen.vae.VideoEncoder;

/**
 * An open HunyuanVideo.
 *
 * @param sight how a picture is seen, for models that start from one
 * @param clipTokens as many as CLIP knows places for
 */
record HunyuanModel(
        Checkpoint checkpoint,
        DType activation,
        HunyuanConfig config,
        HunyuanVaeConfig vaeConfig,
        @Nullable HunyuanSight sight,
        int clipTokens,
        Scheduler scheduler,
        Tokenizer llamaTokenizer,
        Tokenizer clipTokenizer)
        implements Model {
    private static final int CLIP_TOKENS = 77;

    static HunyuanModel open(Checkpoint checkpoint, DType activation) {
        checkpoint.requireComponent("scheduler", Schedulers.CLASSES);
        boolean pictured = checkpoint.pipelineClass().equals(HunyuanFamily.IMAGE_TO_VIDEO);
        checkpoint.requireComponent(
                HunyuanText.LLAMA, pictured ? LlavaConfig.CLASSES : LlamaConfig.CLASSES);
        checkpoint.requireComponent("text_encoder_2", ClipConfig.CLASSES);
        checkpoint.requireComponent("transformer", List.of(HunyuanConfig.CLASS));
        checkpoint.requireComponent("vae", List.of(HunyuanVaeConfig.CLASS));
        // Loading checks every weight; nothing of it is kept.
        WeightMemory checked = new WeightCount();
        HunyuanText encoders = HunyuanText.load(checkpoint, checked);
        HunyuanConfig config =
                HunyuanTransformer.load(
                                checkpoint.config("transformer"),
                                checkpoint.weights("transformer", checked, activation))
                        .config();
        encoders.require(config, checkpoint);
        requireKind(checkpoint, config, pictured);
        HunyuanSight sight = pictured ? HunyuanSight.open(checkpoint) : null;
        int clipTokens = Math.min(CLIP_TOKENS, encoders.clip().config().positions());
        HunyuanVaeConfig vae = HunyuanVaeConfig.read(checkpoint.config("vae"));
        HunyuanVae.decoder(vae, checkpoint.weights("vae", checked, DType.F32));
        if (pictured) {
            HunyuanVae.encoder(vae, checkpoint.weights("vae", checked, DType.F32));
        }
        Scheduler scheduler = Schedulers.load(checkpoint.config("scheduler"), GivenSigmas.even());
        // Last, since nobody would close them if something else failed.
        Tokenizer llama = Tokenizers.open(checkpoint, "tokenizer");
        try {
            return new HunyuanModel(
                    checkpoint,
                    activation,
                    config,
                    vae,
                    sight,
                    clipTokens,
                    scheduler,
                    llama,
                    Tokenizers.open(checkpoint, "tokenizer_2"));
        } catch (RuntimeException e) {
            llama.close();
            throw e;
        }
    }

    private static void requireKind(Checkpoint checkpoint, HunyuanConfig config, boolean pictured) {
        if (pictured != (config.given() != GivenFrame.NONE)) {
            throw checkpoint
                    .config("transformer")
                    .wrong(
                            "image_condition_type",
                            pictured
                                    ? "token_replace or latent_concat, for "
                                            + checkpoint.pipelineClass()
                                    : "null, for " + checkpoint.pipelineClass());
        }
    }

    @Override
    public Scheduler scheduler(Request request) {
        return FewSteps.of(scheduler, request);
    }

    HunyuanTransformer transformer(WeightMemory memory, boolean eightBits) {
        EightBitLayers layers = eightBits ? config.eightBits() : EightBitLayers.NONE;
        return HunyuanTransformer.load(
                checkpoint.config("transformer"),
                checkpoint.weights("transformer", memory, activation, layers));
    }

    VideoDecoder decoder(WeightMemory memory) {
        VaeDecoder decoder =
                HunyuanVae.decoder(vaeConfig, checkpoint.weights("vae", memory, activation));
        int leading = config.given().leading();
        return leading == 0
                ? decoder
                : new LaterFrames(decoder, leading * vaeConfig.temporalRatio());
    }

    VideoEncoder encoder(WeightMemory memory) {
        return HunyuanVae.encoder(vaeConfig, checkpoint.weights("vae", memory, activation));
    }

    @Override
    public Defaults defaults() {
        // Frames that nobody sees are part of the 129 that the model was trained on.
        int frames = 129 - vaeConfig.temporalRatio() * config.given().leading();
        return Defaults.of(
                new VideoSize(1280, 720, frames, 24),
                Sampling.of(50, config.guidanceEmbeds() || sight == null ? 6 : 1),
                AttentionSettings.DEFAULT);
    }

    /** The threshold is that of EasyCache's code for HunyuanVideo. */
    @Override
    public ModelCaches caches() {
        boolean published = sight == null && config.width() == 3072 && config.doubleLayers() == 20;
        return ModelCaches.inside(
                0.025, published ? Optional.of(TeaCurve.HUNYUAN_VIDEO) : Optional.empty());
    }

    @Override
    public int headDim() {
        return config.headDim();
    }

    @Override
    public Pictures pictures() {
        return sight == null ? Pictures.NONE : Pictures.FIRST;
    }

    @Override
    public List<String> unused(Request request, Defaults defaults) {
        List<String> unused = new ArrayList<>();
        if (!request.negativePrompt().isEmpty() && !HunyuanVideo.guides(request)) {
            unused.add(
                    "the negative prompt is not used: this model has guidance built in; a true"
                            + " guidance above 1 uses it");
        }
        if (!config.guidanceEmbeds() && request.guidance() != defaults.sampling().guidance()) {
            unused.add("guidance is not used: this model takes no scale");
        }
        return unused;
    }

    @Override
    public long[] latentDims(Request request) {
        return size(request).latentDims(config.outChannels());
    }

    private HunyuanSize size(Request request) {
        return HunyuanSize.of(request, config, vaeConfig);
    }

    @Override
    public VideoParts<?> parts(Request request, StepListener listener) {
        HunyuanPrompt prompt =
                prompt("prompt", request.prompt(), config.given().stride(), listener);
        return new HunyuanVideo(
                this,
                request,
                size(request),
                HunyuanVideo.guides(request)
                        ? List.of(
                                prompt(
                                        "negative prompt",
                                        request.negativePrompt(),
                                        GivenFrame.NEGATIVE_STRIDE,
                                        listener),
                                prompt)
                        : List.of(prompt));
    }

    private HunyuanPrompt prompt(String name, String text, int stride, StepListener listener) {
        return sight == null
                ? HunyuanPrompt.of(name, text, llamaTokenizer, clipTokenizer, clipTokens, listener)
                : HunyuanPrompt.of(
                        name,
                        text,
                        llamaTokenizer,
                        clipTokenizer,
                        clipTokens,
                        sight,
                        stride,
                        listener);
    }

    @Override
    public void close() {
        try (llamaTokenizer) {
            clipTokenizer.close();
        }
    }
}

package org.svgen.models.cogvideox;

import java.util.List;
import java.util.Optional;
import org.svgen.cache.TeaCurve;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.EightBitLayers;
import org.svgen.checkpoint.WeightCount;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.checkpoint.WeightSource;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Pictures;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Sampling;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoSize;
import org.svgen.run.Model;
import org.svgen.run.ModelCaches;
import org.svgen.run.VideoParts;
import org.svgen.schedule.Scheduler;
import org.svgen.schedule.Schedulers;
import org.svgen.tensor.DType;
import org.svgen.text.T5Config;
import org.svgen.text.T5Encoder;
import org.svgen.text.Tokenizer;
import org.svgen.text.Tokenizers;
import org.svgen.vae.VideoDecoder;
import org.svgen.vae.VideoEncoder;

/** An open CogVideoX. */
record CogVideoXModel(
        Checkpoint checkpoint,
        DType activation,
        T5Config textConfig,
        CogVideoXConfig config,
        CogVideoXVaeConfig vaeConfig,
        Scheduler scheduler,
        Tokenizer tokenizer)
        implements Model {

    static CogVideoXModel open(Checkpoint checkpoint, DType activation) {
        CogVideoXParts.requireKnown(checkpoint);
        T5Config text = T5Config.read(checkpoint.config("text_encoder"));
        // Loading checks every weight; nothing of it is kept.
        WeightMemory checked = new WeightCount();
        T5Encoder.load(text, checkpoint.weights("text_encoder", checked, DType.F32), DType.F32);
        CogVideoXConfig config =
                CogVideoXTransformer.load(
                                checkpoint.config("transformer"),
                                checkpoint.weights("transformer", checked, activation))
                        .config();
        CogVideoXVaeConfig vae = CogVideoXVaeConfig.read(checkpoint.config("vae"));
        WeightSource vaeWeights = checkpoint.weights("vae", checked, DType.F32);
        CogVideoXVae.decoder(vae, vaeWeights);
        if (pictures(checkpoint).needed()) {
            CogVideoXVae.encoder(vae, vaeWeights);
        }
        new CogVideoXParts(checkpoint, text, config, vae)
                .requireMatch(pictures(checkpoint).needed());
        return new CogVideoXModel(
                checkpoint,
                activation,
                text,
                config,
                vae,
                Schedulers.load(checkpoint.config("scheduler")),
                // Last, since nobody would close it if something else failed.
                Tokenizers.open(checkpoint, "tokenizer"));
    }

    T5Encoder textEncoder(WeightMemory memory) {
        return T5Encoder.load(
                textConfig, checkpoint.weights("text_encoder", memory, DType.F32), DType.F32);
    }

    CogVideoXTransformer transformer(WeightMemory memory, boolean eightBits) {
        EightBitLayers layers = eightBits ? config.eightBits() : EightBitLayers.NONE;
        return CogVideoXTransformer.load(
                checkpoint.config("transformer"),
                checkpoint.weights("transformer", memory, activation, layers));
    }

    VideoDecoder decoder(WeightMemory memory) {
        return CogVideoXVae.decoder(vaeConfig, checkpoint.weights("vae", memory, activation));
    }

    VideoEncoder encoder(WeightMemory memory) {
        return CogVideoXVae.encoder(vaeConfig, checkpoint.weights("vae", memory, DType.F32));
    }

    @Override
    public Defaults defaults() {
        int spatial = vaeConfig.spatialRatio();
        return Defaults.of(
                new VideoSize(
                        config.sampleWidth() * spatial,
                        config.sampleHeight() * spatial,
                        config.sampleFrames(),
                        config.patchConvolution() ? 8 : 16),
                Sampling.of(50, 6),
                AttentionSettings.DEFAULT);
    }

    /** The threshold is what the demo model does well with. */
    @Override
    public ModelCaches caches() {
        return ModelCaches.inside(0.05, curve());
    }

    /** By the sizes of the models that TeaCache was fitted to. */
    private Optional<TeaCurve> curve() {
        if (config.layers() == 30 && config.heads() == 30) {
            return Optional.of(TeaCurve.COGVIDEOX_2B);
        }
        if (config.layers() != 42 || config.heads() != 48) {
            return Optional.empty();
        }
        if (config.patchConvolution()) {
            return Optional.of(TeaCurve.COGVIDEOX_5B);
        }
        return Optional.of(
                pictures().needed() ? TeaCurve.COGVIDEOX_15_5B_I2V : TeaCurve.COGVIDEOX_15_5B);
    }

    @Override
    public int headDim() {
        return config.headDim();
    }

    @Override
    public Pictures pictures() {
        return pictures(checkpoint);
    }

    private static Pictures pictures(Checkpoint checkpoint) {
        return checkpoint.pipelineClass().equals(CogVideoXFamily.IMAGE_TO_VIDEO)
                ? Pictures.FIRST
                : Pictures.NONE;
    }

    @Override
    public List<String> unused(Request request, Defaults defaults) {
        return !request.negativePrompt().isEmpty() && request.guidance() <= 1
                ? List.of("the negative prompt is not used: guidance of at most 1 turns it off")
                : List.of();
    }

    @Override
    public long[] latentDims(Request request) {
        return size(request).latentDims(config.outChannels());
    }

    private CogVideoXSize size(Request request) {
        return CogVideoXSize.of(request, config, vaeConfig.spatialRatio());
    }

    @Override
    public VideoParts<?> parts(Request request, StepListener listener) {
        return new CogVideoXVideo(
                this,
                request,
                size(request),
                CogVideoXPrompt.of(request, tokenizer, config.maxTextTokens(), listener));
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}

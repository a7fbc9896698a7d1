package org.svgen.models.cogvideox;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.WeightCount;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.run.AttentionPolicies;
import org.svgen.run.Generation;
import org.svgen.run.ModelDefaults;
import org.svgen.run.Numbers;
import org.svgen.run.Planner;
import org.svgen.run.Requests;
import org.svgen.run.RunLog;
import org.svgen.run.Stages;
import org.svgen.run.VideoRun;
import org.svgen.schedule.Scheduler;
import org.svgen.schedule.Schedulers;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.sparse.AttentionStatistics;
import org.svgen.sparse.OfficialRules;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.random.TorchRandom;
import org.svgen.text.T5Config;
import org.svgen.text.T5Encoder;
import org.svgen.text.Tokenizer;
import org.svgen.text.Tokenizers;
import org.svgen.text.Tokens;

/** CogVideoX text-to-video and image-to-video (diffusers: {@code CogVideoX*Pipeline}). */
public final class CogVideoXPipeline implements VideoPipeline {
    /** Pipeline classes of checkpoints that this runs. */
    public static final List<String> CLASSES =
            List.of("CogVideoXPipeline", "CogVideoXImageToVideoPipeline");

    /** What it reads of a checkpoint. */
    public static final Set<String> COMPONENTS =
            Set.of("scheduler", "text_encoder", "tokenizer", "transformer", "vae");

    private final Checkpoint checkpoint;
    private final Backend backend;
    private final DType activation;
    private final Tokenizer tokenizer;
    private final T5Config textConfig;
    private final CogVideoXConfig config;
    private final CogVideoXVaeConfig vaeConfig;
    private final Scheduler scheduler;
    private final Defaults defaults;

    /**
     * Reads configurations and maps weights; takes ownership of {@code checkpoint}.
     *
     * @param activation what the denoiser's large layers compute in
     * @throws BadInputException if a part is missing or does not fit the others
     */
    public CogVideoXPipeline(Checkpoint checkpoint, Backend backend, DType activation) {
        this.checkpoint = checkpoint;
        this.backend = backend;
        this.activation = activation;
        CogVideoXParts.requireKnown(checkpoint);
        this.textConfig = T5Config.read(checkpoint.config("text_encoder"));
        // Loading checks every weight; nothing of it is kept.
        WeightMemory checked = new WeightCount();
        textEncoder(checked);
        this.config = transformer(checked).config();
        this.vaeConfig = vae(checked, DType.F32).config();
        new CogVideoXParts(checkpoint, textConfig, config, vaeConfig).requireMatch(needsImage());
        this.scheduler = Schedulers.load(checkpoint.config("scheduler"));
        CogVideoXConfig c = config;
        int spatial = vaeConfig.spatialRatio();
        this.defaults =
                ModelDefaults.read(
                        checkpoint,
                        new Defaults(
                                c.sampleWidth() * spatial,
                                c.sampleHeight() * spatial,
                                c.sampleFrames(),
                                c.patchConvolution() ? 8 : 16,
                                50,
                                6,
                                false,
                                AttentionSettings.DEFAULT,
                                List.of()),
                        this::checkSettings);
        // Last, since nobody would close it if something else failed.
        this.tokenizer = Tokenizers.open(checkpoint, "tokenizer");
    }

    private T5Encoder textEncoder(WeightMemory memory) {
        return T5Encoder.load(textConfig, checkpoint.weights("text_encoder", memory, DType.F32));
    }

    private CogVideoXTransformer transformer(WeightMemory memory) {
        return CogVideoXTransformer.load(
                checkpoint.config("transformer"),
                checkpoint.weights("transformer", memory, activation));
    }

    private CogVideoXVae vae(WeightMemory memory, DType dtype) {
        return CogVideoXVae.load(
                checkpoint.config("vae"), checkpoint.weights("vae", memory, dtype));
    }

    @Override
    public Defaults defaults() {
        return defaults;
    }

    @Override
    public boolean needsImage() {
        return checkpoint.pipelineClass().equals(CLASSES.getLast());
    }

    @Override
    public List<String> notes() {
        return checkpoint.notes();
    }

    @Override
    public List<String> unused(Request request) {
        List<String> unused = new ArrayList<>();
        if (!request.negativePrompt().isEmpty() && request.guidance() <= 1) {
            unused.add("the negative prompt is not used: guidance of at most 1 turns it off");
        }
        if (request.llamaRotary() != DType.F32) {
            unused.add(
                    "the type of rotary frequencies is not used: this model has no Llama text encoder");
        }
        return unused;
    }

    @Override
    public void check(Request request) {
        checkSettings(request);
        Requests.checkImage(request, needsImage());
        CogVideoXSize size = size(request);
        Tensor latents = request.latents();
        if (latents != null) {
            Requests.checkLatents(latents, latentDims(size));
        }
    }

    private void checkSettings(Request request) {
        Requests.check(request, scheduler.trainTimesteps());
        size(request);
    }

    private CogVideoXSize size(Request request) {
        return CogVideoXSize.of(request, config, vaeConfig.spatialRatio());
    }

    private long[] latentDims(CogVideoXSize size) {
        int channels = config.outChannels();
        return new long[] {1, size.latentFrames(), channels, size.height(), size.width()};
    }

    @Override
    public Plan plan(Request request, long limitBytes) {
        return new Planner(backend, limitBytes, this::check, this::rehearse).plan(request);
    }

    private Planner.Draft rehearse(Request request) {
        CogVideoXSize size = size(request);
        return generation(request, size)
                .rehearse(
                        new Plan.Tokens(
                                size.geometry().videoTokens(),
                                size.geometry().textTokens(),
                                request.guidance() > 1 ? 2 : 1));
    }

    @Override
    public Result generate(Request request, Plan plan, StepListener listener) {
        check(request);
        unused(request).forEach(listener::note);
        return generation(request, size(request)).make(checkpoint, backend, plan, listener);
    }

    private Generation generation(Request request, CogVideoXSize size) {
        return new Generation(
                request,
                latentDims(size),
                (stages, listener, log, latents) ->
                        new Run(request, size, stages, listener, log, latents));
    }

    @Override
    public void close() {
        tokenizer.close();
        checkpoint.close();
    }

    /** One video on its way, or played through; lives as long as {@link #generate} runs. */
    private final class Run implements VideoRun {
        private final Request request;
        private final CogVideoXSize size;
        private final Stages stages;
        private final StepListener listener;
        private final TorchRandom random;
        private final RunLog log;
        private final Tensor latents; // host, as diffusers returns them
        private int tokensCut;

        Run(
                Request request,
                CogVideoXSize size,
                Stages stages,
                StepListener listener,
                RunLog log,
                Tensor latents) {
            this.request = request;
            this.size = size;
            this.stages = stages;
            this.listener = listener;
            this.random = new TorchRandom(request.seed());
            this.log = log;
            this.latents = latents;
        }

        @Override
        public AttentionStatistics denoise() {
            try (Arena host = Arena.ofShared()) {
                Tensor embeds =
                        stages.run(
                                Stage.TEXT,
                                DType.F32,
                                (weights, ws) -> encodeText(textEncoder(weights), ws, host),
                                Numbers::of);
                Tensor condition =
                        needsImage()
                                ? stages.run(
                                        Stage.IMAGE,
                                        DType.F32,
                                        (weights, ws) ->
                                                encodeImage(vae(weights, DType.F32), ws, host),
                                        Numbers::of)
                                : null;
                return stages.run(
                        Stage.DENOISE,
                        activation,
                        (weights, ws) -> denoise(transformer(weights), ws, host, embeds, condition),
                        statistics -> Numbers.of(latents));
            }
        }

        private AttentionStatistics denoise(
                CogVideoXTransformer transformer,
                Workspace workspace,
                Arena host,
                Tensor embeds,
                @Nullable Tensor condition) {
            AttentionPolicy policy =
                    AttentionPolicies.create(
                            request.attention(),
                            new AttentionPolicies.Run(
                                    size.geometry(),
                                    config.layers(),
                                    embeds.size(0),
                                    config.heads(),
                                    request.steps(),
                                    request.seed(),
                                    OfficialRules.COG),
                            workspace,
                            host,
                            listener);
            CogVideoXDenoiser denoiser =
                    new CogVideoXDenoiser(
                            transformer,
                            scheduler,
                            request,
                            size,
                            workspace,
                            host,
                            stages.rehearsal() ? drawn -> {} : random::normal,
                            policy,
                            listener);
            denoiser.run(
                    workspace.copyOf(embeds),
                    condition == null ? null : workspace.copyOf(condition),
                    log);
            workspace.backend().download(denoiser.sample(), latents);
            return policy.statistics();
        }

        /**
         * Embeddings of the negative prompt, if guided, then of the prompt: host F32 [B, L, Dt].
         */
        private Tensor encodeText(T5Encoder textEncoder, Workspace workspace, Arena host) {
            boolean guided = request.guidance() > 1;
            List<String> prompts =
                    guided
                            ? List.of(request.negativePrompt(), request.prompt())
                            : List.of(request.prompt());
            CogVideoXConfig c = config;
            Tensor embeds =
                    workspace.allocate(
                            DType.F32, prompts.size(), c.maxTextTokens(), c.textEmbedDim());
            listener.progress(Stage.TEXT, 0, prompts.size());
            for (int i = 0; i < prompts.size(); i++) {
                Tokens tokens = tokenizer.encode(prompts.get(i), c.maxTextTokens());
                if (tokens.cut() > 0) {
                    listener.note(
                            "the %s is too long for this model: its last %d of %d tokens were cut"
                                    .formatted(
                                            i == prompts.size() - 1 ? "prompt" : "negative prompt",
                                            tokens.cut(),
                                            tokens.used() + tokens.cut()));
                    tokensCut += tokens.cut();
                }
                textEncoder.encode(workspace, tokens.ids(), tokens.ids().length, embeds.get(i));
                listener.progress(Stage.TEXT, i + 1, prompts.size());
            }
            return workspace.toHost(embeds, host);
        }

        /** The first frame's latents in front of zeros: host F32 [F, C, H, W]. */
        private Tensor encodeImage(CogVideoXVae vae, Workspace workspace, Arena host) {
            Tensor condition =
                    CogVideoXImage.condition(vae, request, size, workspace, random, listener);
            return workspace.toHost(condition, host);
        }

        @Override
        public int tokensCut() {
            return tokensCut;
        }

        @Override
        public void decode(@Nullable Clip clip) {
            stages.run(
                    Stage.DECODE,
                    activation,
                    (weights, workspace) -> {
                        decode(vae(weights, activation), workspace, clip);
                        return latents;
                    },
                    from -> Numbers.of(clip));
        }

        private void decode(CogVideoXVae vae, Workspace workspace, @Nullable Clip clip) {
            int frames = size.latentFrames() - size.paddingFrames();
            int channels = config.outChannels();
            Tensor rows =
                    workspace.copyOf(
                            latents.get(0).rows(size.paddingFrames(), size.latentFrames()));
            Tensor z = workspace.allocate(DType.F32, frames, size.height(), size.width(), channels);
            workspace.ops().permute(rows, new int[] {0, 2, 3, 1}, z);
            workspace.ops().axpby((float) (1 / vaeConfig.scalingFactor()), z, 0, z, z);
            vae.decode(workspace, z, clip, listener);
        }
    }
}

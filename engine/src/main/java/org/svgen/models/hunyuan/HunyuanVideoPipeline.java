package org.svgen.models.hunyuan;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.WeightCount;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.models.hunyuan.HunyuanTransformer.Text;
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
import org.svgen.run.FiniteCheck;
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
import org.svgen.sparse.VideoGeometry;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;
import org.svgen.text.ClipConfig;
import org.svgen.text.LlamaConfig;
import org.svgen.text.Tokenizer;
import org.svgen.text.Tokenizers;

/** HunyuanVideo text-to-video (diffusers: {@code HunyuanVideoPipeline}). */
public final class HunyuanVideoPipeline implements VideoPipeline {
    /** Pipeline classes of checkpoints that this runs. */
    public static final List<String> CLASSES = List.of("HunyuanVideoPipeline");

    /** What it reads of a checkpoint. */
    public static final Set<String> COMPONENTS =
            Set.of(
                    "scheduler",
                    "text_encoder",
                    "text_encoder_2",
                    "tokenizer",
                    "tokenizer_2",
                    "transformer",
                    "vae");

    private static final int CLIP_TOKENS = 77;

    private final Checkpoint checkpoint;
    private final Backend backend;
    private final DType activation;
    private final Tokenizer llamaTokenizer;
    private final Tokenizer clipTokenizer;
    private final HunyuanConfig config;
    private final HunyuanVaeConfig vaeConfig;
    private final int clipTokens;
    private final Scheduler scheduler;
    private final Defaults defaults;

    /**
     * Reads configurations and maps weights; takes ownership of {@code checkpoint}.
     *
     * @param activation what the denoiser's large layers compute in
     * @throws BadInputException if a part is missing or does not fit the others
     */
    public HunyuanVideoPipeline(Checkpoint checkpoint, Backend backend, DType activation) {
        this.checkpoint = checkpoint;
        this.backend = backend;
        this.activation = activation;
        checkpoint.requireComponent("scheduler", Schedulers.CLASSES);
        checkpoint.requireComponent("text_encoder", LlamaConfig.CLASSES);
        checkpoint.requireComponent("text_encoder_2", ClipConfig.CLASSES);
        checkpoint.requireComponent("transformer", List.of(HunyuanConfig.CLASS));
        checkpoint.requireComponent("vae", List.of(HunyuanVaeConfig.CLASS));
        // Loading checks every weight; nothing of it is kept.
        WeightMemory checked = new WeightCount();
        HunyuanText encoders = HunyuanText.load(checkpoint, checked);
        this.config = transformer(checked).config();
        encoders.require(config, checkpoint);
        this.clipTokens = Math.min(CLIP_TOKENS, encoders.clip().config().positions());
        this.vaeConfig = vae(checked, DType.F32).config();
        this.scheduler = Schedulers.load(checkpoint.config("scheduler"));
        this.defaults =
                ModelDefaults.read(
                        checkpoint,
                        new Defaults(
                                1280,
                                720,
                                129,
                                24,
                                50,
                                6,
                                false,
                                AttentionSettings.DEFAULT,
                                List.of()),
                        this::checkSettings);
        // Last, since nobody would close them if something else failed.
        this.llamaTokenizer = Tokenizers.open(checkpoint, "tokenizer");
        try {
            this.clipTokenizer = Tokenizers.open(checkpoint, "tokenizer_2");
        } catch (RuntimeException e) {
            llamaTokenizer.close();
            throw e;
        }
    }

    private HunyuanTransformer transformer(WeightMemory memory) {
        return HunyuanTransformer.load(
                checkpoint.config("transformer"),
                checkpoint.weights("transformer", memory, activation));
    }

    private HunyuanVae vae(WeightMemory memory, DType dtype) {
        return HunyuanVae.load(checkpoint.config("vae"), checkpoint.weights("vae", memory, dtype));
    }

    @Override
    public Defaults defaults() {
        return defaults;
    }

    @Override
    public boolean needsImage() {
        return false;
    }

    @Override
    public List<String> notes() {
        return checkpoint.notes();
    }

    @Override
    public void check(Request request) {
        checkSettings(request);
        Requests.checkImage(request, needsImage());
        HunyuanSize size = size(request);
        Tensor latents = request.latents();
        if (latents != null) {
            Requests.checkLatents(latents, size.latentDims(config.inChannels()));
        }
    }

    private void checkSettings(Request request) {
        Requests.check(request, scheduler.trainTimesteps());
        size(request);
    }

    private HunyuanSize size(Request request) {
        return HunyuanSize.of(request, config, vaeConfig);
    }

    @Override
    public Plan plan(Request request, long limitBytes) {
        return new Planner(backend, limitBytes, this::check, this::rehearse).plan(request);
    }

    private Planner.Draft rehearse(Request request) {
        HunyuanSize size = size(request);
        HunyuanPrompt prompt = prompt(request, StepListener.SILENT);
        VideoGeometry geometry = size.geometry(prompt.tokens());
        return generation(request, size, prompt)
                .rehearse(new Plan.Tokens(geometry.videoTokens(), geometry.textTokens(), 1));
    }

    private HunyuanPrompt prompt(Request request, StepListener listener) {
        return HunyuanPrompt.of(
                request.prompt(), llamaTokenizer, clipTokenizer, clipTokens, listener);
    }

    @Override
    public Result generate(Request request, Plan plan, StepListener listener) {
        check(request);
        unused(request).forEach(listener::note);
        HunyuanPrompt prompt = prompt(request, listener);
        return generation(request, size(request), prompt).make(checkpoint, backend, plan, listener);
    }

    private Generation generation(Request request, HunyuanSize size, HunyuanPrompt prompt) {
        return new Generation(
                request,
                size.latentDims(config.inChannels()),
                (stages, listener, log, latents) ->
                        new Run(request, size, prompt, stages, listener, log, latents));
    }

    @Override
    public List<String> unused(Request request) {
        List<String> unused = new ArrayList<>();
        if (!request.negativePrompt().isEmpty()) {
            unused.add("the negative prompt is not used: this model has guidance built in");
        }
        if (request.dynamicGuidance()) {
            unused.add("dynamic guidance is not used: this model has guidance built in");
        }
        if (!config.guidanceEmbeds() && request.guidance() != defaults.guidance()) {
            unused.add("guidance is not used: this model takes no scale");
        }
        return unused;
    }

    @Override
    public void close() {
        llamaTokenizer.close();
        clipTokenizer.close();
        checkpoint.close();
    }

    /** One video on its way, or played through; lives as long as {@link #generate} runs. */
    private final class Run implements VideoRun {
        private final Request request;
        private final HunyuanSize size;
        private final HunyuanPrompt prompt;
        private final Stages stages;
        private final StepListener listener;
        private final RunLog log;
        private final Tensor latents; // host, as diffusers returns them

        Run(
                Request request,
                HunyuanSize size,
                HunyuanPrompt prompt,
                Stages stages,
                StepListener listener,
                RunLog log,
                Tensor latents) {
            this.request = request;
            this.size = size;
            this.prompt = prompt;
            this.stages = stages;
            this.listener = listener;
            this.log = log;
            this.latents = latents;
        }

        @Override
        public AttentionStatistics denoise() {
            try (Arena host = Arena.ofShared()) {
                Text text =
                        stages.run(
                                Stage.TEXT,
                                DType.F32,
                                (weights, ws) ->
                                        encodeText(HunyuanText.load(checkpoint, weights), ws, host),
                                made -> Numbers.of(made.embeds(), made.pooled()));
                return stages.run(
                        Stage.DENOISE,
                        activation,
                        (weights, ws) -> denoise(transformer(weights), ws, host, text),
                        statistics -> Numbers.of(latents));
            }
        }

        private AttentionStatistics denoise(
                HunyuanTransformer transformer, Workspace workspace, Arena host, Text text) {
            AttentionPolicy policy =
                    AttentionPolicies.create(
                            request.attention(),
                            new AttentionPolicies.Run(
                                    size.geometry(prompt.tokens()),
                                    config.layers(),
                                    1,
                                    config.heads(),
                                    request.steps(),
                                    request.seed(),
                                    OfficialRules.HUNYUAN),
                            workspace,
                            host,
                            listener);
            FiniteCheck finite = FiniteCheck.allocate(workspace, host, config.layers());
            HunyuanDenoiser denoiser =
                    new HunyuanDenoiser(transformer, scheduler, request, size, workspace, listener);
            Text there =
                    new Text(
                            workspace.copyOf(text.embeds()),
                            text.prompt(),
                            workspace.copyOf(text.pooled()));
            denoiser.run(there, policy, finite, log);
            workspace.backend().download(denoiser.sample(), latents);
            return policy.statistics();
        }

        /** In host memory. */
        private Text encodeText(HunyuanText encoders, Workspace workspace, Arena host) {
            HunyuanConfig c = config;
            Tensor embeds =
                    workspace.allocate(DType.F32, PromptTemplate.PROMPT_TOKENS, c.textEmbedDim());
            Tensor pooled = workspace.allocate(DType.F32, 1, c.pooledDim());
            listener.progress(Stage.TEXT, 0, 1);
            encoders.encode(
                    workspace,
                    prompt.llama(),
                    prompt.clip(),
                    request.llamaRotary(),
                    embeds,
                    pooled);
            listener.progress(Stage.TEXT, 1, 1);
            return new Text(
                    workspace.toHost(embeds, host),
                    prompt.tokens(),
                    workspace.toHost(pooled, host));
        }

        @Override
        public int tokensCut() {
            return prompt.llama().cut();
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

        private void decode(HunyuanVae vae, Workspace workspace, @Nullable Clip clip) {
            Ops ops = workspace.ops();
            int channels = latents.size(1);
            Tensor planes = workspace.copyOf(latents.get(0));
            Tensor z =
                    workspace.allocate(
                            DType.F32, size.frames(), size.height(), size.width(), channels);
            ops.permute(planes, new int[] {1, 2, 3, 0}, z);
            ops.axpby((float) (1 / vaeConfig.scalingFactor()), z, 0, z, z);
            vae.decode(workspace, z, clip, listener);
        }
    }
}

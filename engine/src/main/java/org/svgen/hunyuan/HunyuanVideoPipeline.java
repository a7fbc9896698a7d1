package org.svgen.hunyuan;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.hunyuan.HunyuanTransformer.Text;
import org.svgen.pipeline.AttentionPolicies;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.FiniteCheck;
import org.svgen.pipeline.Latents;
import org.svgen.pipeline.ModelDefaults;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Requests;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.RunLog;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.StepListener.Stage;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.schedule.Scheduler;
import org.svgen.schedule.Schedulers;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.sparse.AttentionStatistics;
import org.svgen.sparse.OfficialRules;
import org.svgen.tensor.Backend;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.DryRun;
import org.svgen.tensor.Ops;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.Workspace;
import org.svgen.text.Tokenizer;
import org.svgen.text.Tokenizers;
import org.svgen.tiles.VaePlan;

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

    /**
     * Above this the autoencoder works in tiles, whose seams are blended. Fixed, so that the same
     * request gives the same frames on every machine.
     */
    private static final long VAE_WORKSPACE_LIMIT = 8L << 30;

    private static final int CLIP_TOKENS = 77;
    private static final StepListener SILENT = new StepListener() {};

    private final Checkpoint checkpoint;
    private final Backend backend;
    private final DType activation;
    private final Tokenizer llamaTokenizer;
    private final Tokenizer clipTokenizer;
    private final HunyuanText encoders;
    private final HunyuanTransformer transformer;
    private final HunyuanVae vae;
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
        this.encoders = HunyuanText.load(checkpoint, backend);
        this.transformer =
                HunyuanTransformer.load(
                        checkpoint.config("transformer"),
                        checkpoint.weights("transformer", backend, activation));
        encoders.require(transformer.config(), checkpoint);
        this.vae = HunyuanVae.load(checkpoint.config("vae"), checkpoint.weights("vae", backend));
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
                                ModelDefaults.ATTENTION,
                                List.of()));
        this.llamaTokenizer = Tokenizers.open(checkpoint, "tokenizer");
        this.clipTokenizer = Tokenizers.open(checkpoint, "tokenizer_2");
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
    public void check(Request request) {
        Requests.check(request, needsImage(), scheduler.trainTimesteps());
        HunyuanSize size = size(request);
        Tensor latents = request.latents();
        if (latents != null) {
            Requests.checkLatents(latents, size.latentDims(transformer.config().inChannels()));
        }
    }

    private HunyuanSize size(Request request) {
        return HunyuanSize.of(request, transformer.config(), vae.config());
    }

    @Override
    public Result generate(Request request, StepListener listener) {
        check(request);
        noteWhatIsNotUsed(request, listener);
        HunyuanSize size = size(request);
        int clipTokens = Math.min(CLIP_TOKENS, encoders.clip().config().positions());
        HunyuanPrompt prompt =
                HunyuanPrompt.of(
                        request.prompt(), llamaTokenizer, clipTokenizer, clipTokens, listener);
        CompletableFuture<String> hash = CompletableFuture.supplyAsync(checkpoint::hash);
        Latents latents = new Latents(size.latentDims(transformer.config().inChannels()));
        try {
            Tensor host = latents.tensor();
            long bytes =
                    DryRun.workspaceBytes(
                            activation,
                            ws -> new Run(request, size, prompt, ws, SILENT, host).plan());
            try (Workspace workspace = new Workspace(backend, bytes, activation)) {
                Run run = new Run(request, size, prompt, workspace, listener, host);
                AttentionStatistics statistics = run.denoise(request.steps());
                String modelHash = hash.join();
                Clip clip = run.decode();
                return new Result(
                        clip,
                        latents,
                        run.log.report(
                                checkpoint,
                                modelHash,
                                backend,
                                statistics,
                                bytes,
                                prompt.llama().cut()));
            }
        } catch (RuntimeException e) {
            latents.close();
            throw e;
        }
    }

    private void noteWhatIsNotUsed(Request request, StepListener listener) {
        if (!request.negativePrompt().isEmpty()) {
            listener.note("the negative prompt is not used: this model has guidance built in");
        }
        if (request.dynamicGuidance()) {
            listener.note("dynamic guidance is not used: this model has guidance built in");
        }
        if (!transformer.config().guidanceEmbeds() && request.guidance() != defaults.guidance()) {
            listener.note("--guidance is not used: this model takes no scale");
        }
    }

    @Override
    public void close() {
        llamaTokenizer.close();
        clipTokenizer.close();
        checkpoint.close();
    }

    /** One video on its way; lives as long as {@link #generate} runs. */
    private final class Run {
        private final Request request;
        private final HunyuanSize size;
        private final HunyuanPrompt prompt;
        private final Workspace workspace;
        private final StepListener listener;
        private final Tensor latents; // host, as diffusers returns them
        private final RunLog log = new RunLog();

        Run(
                Request request,
                HunyuanSize size,
                HunyuanPrompt prompt,
                Workspace workspace,
                StepListener listener,
                Tensor latents) {
            this.request = request;
            this.size = size;
            this.prompt = prompt;
            this.workspace = workspace;
            this.listener = listener;
            this.latents = latents;
        }

        /** Takes all memory that a real run will, for a dry run. */
        void plan() {
            denoise(1);
            decodeLatents(null);
        }

        AttentionStatistics denoise(int count) {
            HunyuanConfig c = transformer.config();
            try (var _ = workspace.scope();
                    Arena host = Arena.ofShared()) {
                Text text = log.timed(Stage.TEXT, this::encodeText);
                AttentionPolicy policy =
                        AttentionPolicies.create(
                                request.attention(),
                                new AttentionPolicies.Run(
                                        size.geometry(prompt.tokens()),
                                        c.layers(),
                                        1,
                                        c.heads(),
                                        request.steps(),
                                        request.seed(),
                                        OfficialRules.HUNYUAN),
                                workspace,
                                host,
                                listener);
                FiniteCheck finite = FiniteCheck.allocate(workspace, host, c.layers());
                log.timed(
                        Stage.DENOISE,
                        () -> {
                            HunyuanDenoiser denoiser =
                                    new HunyuanDenoiser(
                                            transformer,
                                            scheduler,
                                            request,
                                            size,
                                            workspace,
                                            listener);
                            denoiser.run(count, text, policy, finite, log);
                            workspace.backend().download(denoiser.sample(), latents);
                            return latents;
                        });
                return policy.statistics();
            }
        }

        private Text encodeText() {
            HunyuanConfig c = transformer.config();
            Tensor embeds =
                    workspace.allocate(DType.F32, PromptTemplate.PROMPT_TOKENS, c.textEmbedDim());
            Tensor pooled = workspace.allocate(DType.F32, 1, c.pooledDim());
            listener.progress(Stage.TEXT, 0, 1);
            encoders.encode(workspace, prompt.llama(), prompt.clip(), embeds, pooled);
            listener.progress(Stage.TEXT, 1, 1);
            return new Text(embeds, prompt.tokens(), pooled);
        }

        Clip decode() {
            Clip clip =
                    new Clip(request.frames(), request.height(), request.width(), request.fps());
            try {
                return log.timed(
                        Stage.DECODE,
                        () -> {
                            decodeLatents(clip);
                            return clip;
                        });
            } catch (RuntimeException e) {
                clip.close();
                throw e;
            }
        }

        /** Fills {@code clip}, or only takes the memory for it if there is none. */
        private void decodeLatents(@Nullable Clip clip) {
            Ops ops = workspace.ops();
            int channels = latents.size(1);
            VaePlan plan =
                    vae.planDecode(size.frames(), size.height(), size.width(), VAE_WORKSPACE_LIMIT);
            try (var _ = workspace.scope()) {
                Tensor planes = workspace.copyOf(latents.get(0));
                Tensor z =
                        workspace.allocate(
                                DType.F32, size.frames(), size.height(), size.width(), channels);
                ops.permute(planes, new int[] {1, 2, 3, 0}, z);
                ops.axpby((float) (1 / vae.config().scalingFactor()), z, 0, z, z);
                if (clip == null) {
                    workspace.allocate(DType.U8, plan.workspaceBytes());
                } else {
                    vae.decode(plan, workspace, z, clip, listener);
                }
            }
        }
    }
}

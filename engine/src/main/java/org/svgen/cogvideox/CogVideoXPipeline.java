package org.svgen.cogvideox;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.pipeline.AttentionPolicies;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Defaults;
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
import org.svgen.tensor.Tensor;
import org.svgen.tensor.TorchRandom;
import org.svgen.tensor.Workspace;
import org.svgen.text.T5Config;
import org.svgen.text.T5Encoder;
import org.svgen.text.Tokenizer;
import org.svgen.text.Tokenizers;
import org.svgen.text.Tokens;
import org.svgen.tiles.VaePlan;

/** CogVideoX text-to-video and image-to-video (diffusers: {@code CogVideoX*Pipeline}). */
public final class CogVideoXPipeline implements VideoPipeline {
    /** Pipeline classes of checkpoints that this runs. */
    public static final List<String> CLASSES =
            List.of("CogVideoXPipeline", "CogVideoXImageToVideoPipeline");

    /** What it reads of a checkpoint. */
    public static final Set<String> COMPONENTS =
            Set.of("scheduler", "text_encoder", "tokenizer", "transformer", "vae");

    /**
     * Above this the autoencoder works in tiles, whose seams are blended. Fixed, so that the same
     * request gives the same frames on every machine.
     */
    static final long VAE_WORKSPACE_LIMIT = 8L << 30;

    private final Checkpoint checkpoint;
    private final Backend backend;
    private final DType activation;
    private final Tokenizer tokenizer;
    private final T5Encoder textEncoder;
    private final CogVideoXTransformer transformer;
    private final CogVideoXVae vae;
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
        this.tokenizer = Tokenizers.open(checkpoint, "tokenizer");
        this.textEncoder =
                T5Encoder.load(
                        T5Config.read(checkpoint.config("text_encoder")),
                        checkpoint.weights("text_encoder", backend));
        this.transformer =
                CogVideoXTransformer.load(
                        checkpoint.config("transformer"),
                        checkpoint.weights("transformer", backend, activation));
        this.vae = CogVideoXVae.load(checkpoint.config("vae"), checkpoint.weights("vae", backend));
        this.scheduler = Schedulers.load(checkpoint.config("scheduler"));
        CogVideoXConfig c = transformer.config();
        int spatial = vae.config().spatialRatio();
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
                                ModelDefaults.ATTENTION,
                                List.of()));
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
    public void check(Request request) {
        Requests.check(request, needsImage(), scheduler.trainTimesteps());
        CogVideoXSize size = size(request);
        Tensor latents = request.latents();
        if (latents != null) {
            Requests.checkLatents(latents, latentDims(size));
        }
    }

    private CogVideoXSize size(Request request) {
        return CogVideoXSize.of(request, transformer.config(), vae.config().spatialRatio());
    }

    private long[] latentDims(CogVideoXSize size) {
        int channels = transformer.config().outChannels();
        return new long[] {1, size.latentFrames(), channels, size.height(), size.width()};
    }

    @Override
    public Result generate(Request request, StepListener listener) {
        check(request);
        CogVideoXSize size = size(request);
        CompletableFuture<String> hash = CompletableFuture.supplyAsync(checkpoint::hash);
        Latents latents = new Latents(latentDims(size));
        try {
            Tensor host = latents.tensor();
            long bytes =
                    DryRun.workspaceBytes(
                            activation, ws -> new Run(request, size, ws, SILENT, host).plan());
            try (Workspace workspace = new Workspace(backend, bytes, activation)) {
                Run run = new Run(request, size, workspace, listener, host);
                AttentionStatistics statistics = run.denoise(request.steps());
                String modelHash = hash.join();
                Clip clip = run.decode();
                return new Result(
                        clip,
                        latents,
                        run.log.report(
                                checkpoint, modelHash, backend, statistics, bytes, run.tokensCut));
            }
        } catch (RuntimeException e) {
            latents.close();
            throw e;
        }
    }

    private static final StepListener SILENT = new StepListener() {};

    @Override
    public void close() {
        tokenizer.close();
        checkpoint.close();
    }

    /** One video on its way; lives as long as {@link #generate} runs. */
    private final class Run {
        private final Request request;
        private final CogVideoXSize size;
        private final Workspace workspace;
        private final StepListener listener;
        private final TorchRandom random;
        private final RunLog log = new RunLog();
        private final Tensor latents; // host, as diffusers returns them
        private int tokensCut;

        Run(
                Request request,
                CogVideoXSize size,
                Workspace workspace,
                StepListener listener,
                Tensor latents) {
            this.request = request;
            this.size = size;
            this.workspace = workspace;
            this.listener = listener;
            this.random = new TorchRandom(request.seed());
            this.latents = latents;
        }

        /** Takes all memory that a real run will, for a dry run. */
        void plan() {
            denoise(1);
            decodeLatents(null);
        }

        AttentionStatistics denoise(int count) {
            try (var _ = workspace.scope();
                    Arena host = Arena.ofShared()) {
                Tensor embeds = log.timed(Stage.TEXT, this::encodeText);
                Tensor condition = needsImage() ? log.timed(Stage.IMAGE, this::encodeImage) : null;
                AttentionPolicy policy =
                        AttentionPolicies.create(
                                request.attention(),
                                new AttentionPolicies.Run(
                                        size.geometry(),
                                        transformer.config().layers(),
                                        embeds.size(0),
                                        transformer.config().heads(),
                                        request.steps(),
                                        request.seed(),
                                        OfficialRules.COG),
                                workspace,
                                host,
                                listener);
                log.timed(
                        Stage.DENOISE,
                        () -> {
                            CogVideoXDenoiser denoiser =
                                    new CogVideoXDenoiser(
                                            transformer,
                                            scheduler,
                                            request,
                                            size,
                                            workspace,
                                            host,
                                            random,
                                            policy,
                                            listener);
                            denoiser.run(count, embeds, condition, log);
                            backend().download(denoiser.sample(), latents);
                            return latents;
                        });
                return policy.statistics();
            }
        }

        private Backend backend() {
            return workspace.backend();
        }

        /** Embeddings of the negative prompt, if guided, then of the prompt: F32 [B, L, Dt]. */
        private Tensor encodeText() {
            boolean guided = request.guidance() > 1;
            List<String> prompts =
                    guided
                            ? List.of(request.negativePrompt(), request.prompt())
                            : List.of(request.prompt());
            CogVideoXConfig c = transformer.config();
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
            return embeds;
        }

        /** The first frame's latents in front of zeros: F32 [F, C, H, W]. */
        private Tensor encodeImage() {
            return CogVideoXImage.condition(vae, request, size, workspace, random, listener);
        }

        Clip decode() {
            Clip clip =
                    new Clip(request.frames(), request.height(), request.width(), request.fps());
            try {
                log.timed(
                        Stage.DECODE,
                        () -> {
                            decodeLatents(clip);
                            return clip;
                        });
                return clip;
            } catch (RuntimeException e) {
                clip.close();
                throw e;
            }
        }

        /** Fills {@code clip}, or only takes the memory for it if there is none. */
        private void decodeLatents(@Nullable Clip clip) {
            int frames = size.latentFrames() - size.paddingFrames();
            int channels = transformer.config().outChannels();
            VaePlan plan = vae.planDecode(frames, size.height(), size.width(), VAE_WORKSPACE_LIMIT);
            try (var _ = workspace.scope()) {
                Tensor rows =
                        workspace.copyOf(
                                latents.get(0).rows(size.paddingFrames(), size.latentFrames()));
                Tensor z =
                        workspace.allocate(
                                DType.F32, frames, size.height(), size.width(), channels);
                workspace.ops().permute(rows, new int[] {0, 2, 3, 1}, z);
                workspace.ops().axpby((float) (1 / vae.config().scalingFactor()), z, 0, z, z);
                if (clip == null) {
                    workspace.allocate(DType.U8, plan.workspaceBytes());
                } else {
                    vae.decode(plan, workspace, z, clip, listener);
                }
            }
        }
    }
}

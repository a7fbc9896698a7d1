package org.svgen.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.svgen.checkpoint.AdapterFile;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Fingerprint;
import org.svgen.pipeline.Latents;
import org.svgen.pipeline.Pictures;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Recipe;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.UnusedSettings;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.resume.CheckpointInfo;
import org.svgen.resume.Checkpoints;
import org.svgen.run.Generation.Denoised;
import org.svgen.run.Planner.Draft;
import org.svgen.setting.Setting;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Field;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Lease;

/** The pipeline of every model. */
public final class ModelPipeline implements VideoPipeline {
    private final Checkpoint checkpoint;
    private final Backend backend;
    private final DType activation;
    private final Model model;
    private final AttentionPrecisions precisions;
    private final KeptWeights kept;
    private final List<Setting<?>> settings;
    private final Defaults defaults;

    private ModelPipeline(
            Checkpoint checkpoint,
            Backend backend,
            DType activation,
            Model model,
            List<Setting<?>> settings,
            KeptWeights kept) {
        this.checkpoint = checkpoint;
        this.backend = backend;
        this.activation = activation;
        this.model = model;
        this.precisions =
                new AttentionPrecisions(
                        backend, activation, model.headDim(), model.attentionPrecision());
        this.settings = settings;
        this.kept = kept;
        this.defaults =
                ModelDefaults.read(checkpoint, model.defaults(), settings, this::checkSettings);
    }

    /**
     * Opens a model.
     *
     * @param family of the model
     * @param checkpoint the model, which the pipeline closes
     * @param backend computes
     * @param activation what the denoiser's large layers compute in
     * @param session whether weights stay on the device from run to run, as far as the plans'
     *     limits allow
     * @return the pipeline, which threads may share; the caller closes it
     * @throws BadInputException if a part is missing or does not fit the others
     */
    public static VideoPipeline open(
            ModelFamily family,
            Checkpoint checkpoint,
            Backend backend,
            DType activation,
            boolean session) {
        Model model = family.open(checkpoint, activation);
        try {
            return new GuardedPipeline(
                    new ModelPipeline(
                            checkpoint,
                            backend,
                            activation,
                            model,
                            family.settings(),
                            session ? KeptWeights.whatFits() : KeptWeights.none()),
                    backend,
                    checkpoint.name());
        } catch (RuntimeException e) {
            model.close();
            throw e;
        }
    }

    @Override
    public Defaults defaults() {
        return defaults;
    }

    @Override
    public Pictures pictures() {
        return model.pictures();
    }

    @Override
    public List<String> notes() {
        return checkpoint.notes();
    }

    @Override
    public List<String> unused(Request request) {
        List<String> unused = new ArrayList<>(model.unused(request, defaults));
        Set<String> known = settings.stream().map(Setting::name).collect(Collectors.toSet());
        request.settings().values().keySet().stream()
                .filter(name -> !known.contains(name))
                .map(name ->
                        Field.words(name, " ") + " is not used: this model has no such setting")
                .forEach(unused::add);
        unused.addAll(UnusedSettings.of(request, defaults));
        unused.addAll(precisions.notes(request));
        unused.addAll(new Aim(precisions.settled(request)).notes());
        return unused;
    }

    @Override
    public void check(Request request) {
        long[] dims = checkSettings(request);
        precisions.require(request);
        EightBits.requireProducts(request, backend, activation);
        model.pictures().require(request.content());
        Tensor latents = request.latents();
        if (latents != null) {
            Requests.checkLatents(latents, dims);
        }
    }

    private long[] checkSettings(Request request) {
        Requests.check(request, model.scheduler().trainTimesteps(), settings);
        model.caches().require(request);
        model.scheduler(request).timesteps(request.steps()); // which may ask for a setting
        return model.latentDims(request);
    }

    @Override
    public Plan plan(Request request, long limitBytes) {
        return new Planner(backend, limitBytes, kept.deviceBytes(), this::check, this::rehearse)
                .plan(request);
    }

    private Draft rehearse(Request asked) {
        Request request = withThreshold(precisions.settled(asked));
        VideoParts<?> parts = model.parts(request, StepListener.SILENT);
        Rehearsal stages = new Rehearsal(backend);
        Generation<?> generation =
                generation(
                        request,
                        parts,
                        stages,
                        StepListener.SILENT,
                        new RunLog(),
                        Keeping.nothing(backend));
        Denoised denoised = generation.denoise();
        try (Latents latents = denoised.latents()) {
            generation.decode(latents);
            return new Draft(
                    stages.needs(),
                    parts.tokens(),
                    latents.tensor().bytes() + Clip.bytes(request),
                    denoised.skips());
        }
    }

    /** So that the recipe says what was done, whatever a later version recommends. */
    private Request withThreshold(Request request) {
        return request.toBuilder().cache(model.caches().complete(request.cache())).build();
    }

    private <C> Generation<C> generation(
            Request request,
            VideoParts<C> parts,
            Stages stages,
            StepListener listener,
            RunLog log,
            Keeping keeping) {
        return new Generation<>(
                request,
                model.scheduler(request),
                model.caches(),
                parts,
                activation,
                stages,
                listener,
                log,
                keeping);
    }

    @Override
    public Result generate(
            Request asked, Plan plan, StepListener listener, Checkpoints checkpoints) {
        check(asked);
        Request meant = precisions.settled(asked);
        Request request = withThreshold(meant);
        unused(asked).forEach(listener::note);
        VideoParts<?> parts = model.parts(request, listener);
        return new WeightsWatch(checkpoint, listener)
                .during(() -> make(request, new Aim(meant), parts, plan, listener, checkpoints));
    }

    private Result make(
            Request request,
            Aim aim,
            VideoParts<?> parts,
            Plan plan,
            StepListener listener,
            Checkpoints checkpoints) {
        checkpoint.notes().forEach(listener::note);
        EightBits.note(request, plan).ifPresent(listener::note);
        RunLog log = new RunLog();
        NumberCheck numbers = new NumberCheck(checkpoint, request.latents());
        try (ModelHash hash = new ModelHash(checkpoint);
                Keeping keeping = Keeping.of(checkpoints, backend, () -> header(request, hash));
                Lease stop = keeping.lease()) {
            if (aim.needsHash()) {
                aim.require(hash.await(backend::ask, note -> {}));
            }
            keeping.goOn(given -> log.state(given.part(RunState.LOG), 0));
            Stages stages =
                    new PlannedRun(
                            plan, backend, numbers, log, kept, request.productsInEightBits());
            Generation<?> generation = generation(request, parts, stages, listener, log, keeping);
            Denoised denoised = generation.denoise();
            try {
                String modelHash = hash.await(backend::ask, listener::note);
                Clip clip = Objects.requireNonNull(generation.decode(denoised.latents()));
                return result(request, aim, parts, plan, denoised, clip, modelHash, log, listener);
            } catch (Throwable e) {
                denoised.latents().close();
                throw e;
            }
        }
    }

    private Keeping.Header header(Request request, ModelHash hash) {
        Fingerprint fingerprint = Fingerprint.of(request);
        return new Keeping.Header(
                step ->
                        new CheckpointInfo(
                                CheckpointInfo.FORMAT,
                                step,
                                request.steps(),
                                Recipe.version(),
                                checkpoint.pipelineClass() + " " + checkpoint.name(),
                                hash.await(backend::ask, note -> {}),
                                backend.arithmetic(),
                                activation.toString(),
                                fingerprint.parts(),
                                fingerprint.hash(),
                                Map.of()),
                hash::isKnown);
    }

    private Result result(
            Request request,
            Aim aim,
            VideoParts<?> parts,
            Plan plan,
            Denoised denoised,
            Clip clip,
            String modelHash,
            RunLog log,
            StepListener listener) {
        try {
            StillVideo.note(clip).ifPresent(listener::note);
            Report report =
                    log.report(
                            checkpoint,
                            modelHash,
                            backend,
                            denoised.statistics(),
                            plan.workspaceBytes(),
                            parts.tokensCut(),
                            aim.boundFactor(modelHash));
            return new Result(clip, denoised.latents(), report, recipe(request, report));
        } catch (Throwable e) {
            clip.close();
            throw e;
        }
    }

    private Recipe recipe(Request request, Report report) {
        return Recipe.of(request, report, backend.name())
                .withAdapters(
                        checkpoint.adapters().stream()
                                .map(adapter ->
                                        new Recipe.Adapter(
                                                String.valueOf(adapter.path().getFileName()),
                                                checkpoint.knownHash(adapter).orElse(""),
                                                adapter.strength(),
                                                adapter.components()))
                                .toList());
    }

    @Override
    public void adapt(List<? extends AdapterFile> adapters) {
        checkpoint.adapt(adapters);
        kept.changeDenoisers();
    }

    @Override
    public void close() {
        try (checkpoint;
                model) {
            kept.close();
        }
    }
}

package org.svgen.run;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.svgen.cache.OutputCache;
import org.svgen.cache.StepCache;
import org.svgen.guidance.Guider;
import org.svgen.pipeline.CacheSettings;
import org.svgen.pipeline.Latents;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.schedule.CleanSample;
import org.svgen.schedule.Sampler;
import org.svgen.schedule.Scheduler;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.sparse.AttentionStatistics;
import org.svgen.sparse.Course;
import org.svgen.sparse.DensityBudget;
import org.svgen.state.State;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;

/**
 * The denoising loop, the same for every model (diffusers: the loops in {@code __call__}).
 *
 * @param <C> what denoisers are told
 */
final class Denoising<C> {
    private final Request request;
    private final Scheduler scheduler;
    private final ModelCaches modelCaches;
    private final VideoParts<C> parts;
    private final DType activation;
    private final Stages stages;
    private final Draws random;
    private final StepListener listener;
    private final RunLog log;
    private final Keeping keeping;
    private final double[] timesteps;
    private final Latents latents;
    private final DensityBudgets budgets;
    private @Nullable AttentionStatistics statistics;
    private Plan.Skips skips = Plan.Skips.NONE;
    private List<Tensor> carried = List.of(); // host: what the sampler hands on between experts

    /**
     * @param latents takes them; they travel through it from expert to expert
     */
    Denoising(
            Request request,
            Scheduler scheduler,
            ModelCaches modelCaches,
            VideoParts<C> parts,
            DType activation,
            Stages stages,
            Draws random,
            StepListener listener,
            RunLog log,
            Keeping keeping,
            Latents latents) {
        this.request = request;
        this.scheduler = scheduler;
        this.modelCaches = modelCaches;
        this.parts = parts;
        this.activation = activation;
        this.stages = stages;
        this.random = random;
        this.listener = listener;
        this.log = log;
        this.keeping = keeping;
        this.timesteps = scheduler.timesteps(request.steps());
        this.latents = latents;
        this.budgets = new DensityBudgets(request.attention(), scheduler, timesteps);
    }

    /** Takes all steps, or those that are left. */
    AttentionStatistics run(C condition, Arena host) {
        List<? extends Expert<C, ?>> experts =
                parts.experts(timesteps).stream().filter(e -> e.from() < e.to()).toList();
        int[] begins = experts.stream().mapToInt(Expert::from).toArray();
        for (Expert<C, ?> expert : experts) {
            if (expert.to() > keeping.begin()) {
                run(expert, begins, condition, host);
            }
        }
        if (keeping.begin() == timesteps.length) {
            keeping.goOn(this::finished);
        }
        parts.settle(condition, latents.tensor());
        if (statistics == null) {
            throw new IllegalStateException("no expert takes a step");
        }
        return statistics;
    }

    /** Of a run whose steps are all done. */
    private void finished(State state) {
        state.tensor(RunState.LATENTS, latents.tensor());
        AttentionStatistics all = new AttentionStatistics((int) state.whole(RunState.LAYERS, 0));
        all.state(state.part(RunState.STATISTICS));
        statistics = all;
    }

    /** {@return how many steps a cache could skip, known once the run is done or rehearsed} */
    Plan.Skips skips() {
        return skips;
    }

    private <M> void run(Expert<C, M> expert, int[] begins, C condition, Arena host) {
        stages.run(
                expert.stage(),
                activation,
                expert.load(),
                (network, workspace) ->
                        take(
                                expert,
                                begins,
                                expert.begin().of(network, workspace, condition),
                                condition,
                                workspace,
                                host),
                made -> Numbers.of(made.tensor()));
    }

    private Latents take(
            Expert<C, ?> expert,
            int[] begins,
            Denoiser denoiser,
            C condition,
            Workspace workspace,
            Arena host) {
        DenoiserShape shape = denoiser.shape();
        Course course = budgets.course(expert, denoiser);
        Optional<DensityBudget> budget = budgets.budget(shape, course);
        AttentionPolicies.Run run =
                new AttentionPolicies.Run(
                        shape, course, request.seed(), budgets.logSnr(), statistics(shape), budget);
        int first = Math.max(expert.from(), keeping.begin());
        // What is to be known holds for all experts.
        StepListener told = first == keeping.begin() ? listener : StepListener.SILENT;
        int denseSteps = AttentionPolicies.denseSteps(request.attention(), run);
        AttentionPolicy policy =
                Broadcasts.meant(request.attention())
                        ? Broadcasts.create(
                                request.attention(),
                                denoiser,
                                timesteps,
                                denseSteps,
                                request.cache().kind() == CacheSettings.Kind.NONE,
                                run.statistics(),
                                workspace,
                                told)
                        : AttentionPolicies.create(request.attention(), run, workspace, host, told);
        FiniteCheck finite = FiniteCheck.allocate(workspace, host, shape.layers());
        Sample sample =
                new Sample(
                        workspace,
                        parts.latentType(request.noiseType()),
                        parts.noiseType(),
                        random::normal,
                        parts.latentDims());
        Tensor x = sample.latents();
        long[] dims = x.shape().dims();
        dims[0] = shape.branches();
        Tensor output = workspace.allocate(DType.F32, dims);
        Sampler sampler = scheduler.begin(workspace, request.steps(), x.elements());
        StepCaches caches =
                StepCaches.of(request, scheduler, modelCaches, denseSteps, begins, told);
        skips = caches.skips();
        StepCache cache =
                caches.create(
                        new OutputCache.Pass(workspace, host, x, output),
                        denoiser,
                        (step, error) -> budget.map(b -> b.allows(step, error)).orElse(true));
        Blocks blocks = new Blocks(workspace.ops(), finite.faults(), cache.blocks());
        Optional<Guider> guider = denoiser.guider();
        RunState state =
                new RunState(
                        expert,
                        sample,
                        sampler,
                        run.statistics(),
                        budget,
                        random,
                        policy,
                        cache,
                        guider);
        begin(first, state, course, condition, workspace);
        Stage stage = expert.stage();
        int steps = expert.to() - expert.from();
        listener.progress(stage, first - expert.from(), steps);
        keeping.steps(first);
        for (int i = first; i < expert.to(); i++) {
            long start = System.nanoTime();
            double t = timesteps[i];
            Tensor input = sample.input();
            boolean reused = cache.reuse(i, input, output);
            if (reused) {
                policy.skipStep(i, known(cache.figure()));
            } else {
                policy.beginStep(i, t);
                denoiser.predict(t, input, policy, blocks, output);
                policy.endStep();
                cache.computed(i, input, output);
                reused = cache.skippedBlocks();
            }
            Tensor prediction = guided(denoiser, guider, i, workspace, output);
            if (listener.wantsPreview(i, request.steps())) {
                preview(i, x, prediction, condition, workspace);
            }
            sampler.step(i, prediction, x, sample::draw);
            sample.round();
            finite.require(i, request.steps(), x);
            Report.Step done = log.step(i, t, start, policy.statistics(), reused, cache.figure());
            if (reused) {
                listener.reused(i, request.steps());
            }
            listener.step(done, request.steps());
            listener.progress(stage, i + 1 - expert.from(), steps);
            int taken = i + 1;
            keeping.behind(
                    taken,
                    request.steps(),
                    kept -> {
                        state.pass(taken, kept);
                        log.state(kept.part(RunState.LOG), peak(workspace));
                    });
        }
        keeping.rest();
        workspace.backend().download(x, latents.tensor());
        if (expert.to() < timesteps.length) {
            carried = sampler.memory().stream().map(m -> workspace.toHost(m, host)).toList();
        }
        return latents;
    }

    private static long peak(Workspace workspace) {
        return workspace.backend().memory().peak();
    }

    /** On the host, so that the plan needs no room for it. */
    private void preview(int step, Tensor x, Tensor prediction, C condition, Workspace workspace) {
        CleanSample clean = scheduler.cleanSample(request.steps(), step);
        try (Arena host = Arena.ofShared()) {
            float[] sample = workspace.toHost(x, host).toFloats();
            float[] output = workspace.toHost(prediction, host).toFloats();
            for (int i = 0; i < sample.length; i++) {
                sample[i] = (float) (clean.ofSample() * sample[i] + clean.ofOutput() * output[i]);
            }
            Tensor shown = Tensor.of(host, sample, x.shape().dims());
            parts.settle(condition, shown);
            listener.preview(step, shown);
        }
    }

    /**
     * A run begins with noise or a checkpoint, its later experts where the one before ended.
     *
     * @param first step to take
     */
    private void begin(int first, RunState state, Course course, C condition, Workspace workspace) {
        Sample sample = state.sample();
        if (first == 0) {
            sample.begin(request.latents(), scheduler.initialNoise());
            parts.start(condition, workspace, sample.latents());
            return;
        }
        if (first == keeping.begin()) {
            keeping.goOn(given -> state.pass(first, given));
            if (first == course.from()) {
                state.budget().ifPresent(budget -> budget.begin(course));
            }
            return;
        }
        sample.load(latents.tensor());
        List<Tensor> memory = state.sampler().memory();
        for (int i = 0; i < memory.size(); i++) {
            workspace.backend().write(carried.get(i), memory.get(i));
        }
    }

    /** A cache that was told too little has a figure that is no number. */
    private static OptionalDouble known(OptionalDouble figure) {
        return figure.isPresent() && Double.isFinite(figure.getAsDouble())
                ? figure
                : OptionalDouble.empty();
    }

    private Tensor guided(
            Denoiser denoiser,
            Optional<Guider> guider,
            int step,
            Workspace workspace,
            Tensor output) {
        Tensor prediction = output.rows(0, 1);
        if (guider.isPresent()) {
            join(guider.get(), step, workspace, output);
        } else if (output.size(0) == 2) {
            double g = denoiser.guidance(timesteps[step]);
            workspace
                    .ops()
                    .axpby((float) (1 - g), prediction, (float) g, output.rows(1, 2), prediction);
        }
        return prediction;
    }

    /** On the host, where guiders sum over all of a prediction; into the first branch. */
    private void join(Guider guider, int step, Workspace workspace, Tensor output) {
        if (stages.rehearsal()) {
            return;
        }
        Tensor prediction = output.rows(0, 1);
        try (Arena host = Arena.ofShared()) {
            float[] plain = workspace.toHost(prediction, host).toFloats();
            float[] prompted = workspace.toHost(output.rows(1, 2), host).toFloats();
            float[] joined = guider.join(step, request.steps(), prompted, plain);
            workspace
                    .backend()
                    .write(Tensor.of(host, joined, prediction.shape().dims()), prediction);
        }
    }

    /** All experts count into one. */
    private AttentionStatistics statistics(DenoiserShape shape) {
        AttentionStatistics all = statistics;
        if (all == null) {
            all = new AttentionStatistics(shape.layers());
            statistics = all;
        }
        return all;
    }
}

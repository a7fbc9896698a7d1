package org.svgen.models.cogvideox;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.run.FiniteCheck;
import org.svgen.run.RunLog;
import org.svgen.schedule.Noise;
import org.svgen.schedule.Sampler;
import org.svgen.schedule.Scheduler;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Ops;

/**
 * The denoising loop of one run (diffusers: {@code CogVideoXPipeline.__call__}). Everything it
 * allocates lives in the enclosing scope of the workspace.
 */
final class CogVideoXDenoiser {
    /** What CogVideoX 1.5 image-to-video passes as ofs. */
    private static final double OFS = 2;

    private final CogVideoXTransformer model;
    private final Scheduler scheduler;
    private final Request request;
    private final CogVideoXSize size;
    private final Workspace workspace;
    private final Consumer<Tensor> random;
    private final AttentionPolicy policy;
    private final StepListener listener;

    private final Tensor sample; // [1, F, C, H, W]
    private final Tensor rounded; // BF16, as sample
    private final FiniteCheck finite;

    /**
     * @param random fills host tensors with normally distributed numbers
     */
    CogVideoXDenoiser(
            CogVideoXTransformer model,
            Scheduler scheduler,
            Request request,
            CogVideoXSize size,
            Workspace workspace,
            Arena host,
            Consumer<Tensor> random,
            AttentionPolicy policy,
            StepListener listener) {
        this.model = model;
        this.scheduler = scheduler;
        this.request = request;
        this.size = size;
        this.workspace = workspace;
        this.random = random;
        this.policy = policy;
        this.listener = listener;
        CogVideoXConfig c = model.config();
        long[] dims = {1, size.latentFrames(), c.outChannels(), size.height(), size.width()};
        this.sample = workspace.allocate(DType.F32, dims);
        this.rounded = workspace.allocate(DType.BF16, dims);
        this.finite = FiniteCheck.allocate(workspace, host, c.layers());
    }

    /** F32 [1, F, C, H, W]: noise at first, the latents at the end. */
    Tensor sample() {
        return sample;
    }

    /**
     * Takes all steps of the request.
     *
     * @param condition added as channels to every input, for image-to-video: [F, C, H, W]
     */
    void run(
            Tensor textEmbeds, // [B, L, Dt]
            @Nullable Tensor condition,
            RunLog log) {
        Ops ops = workspace.ops();
        CogVideoXConfig c = model.config();
        int batch = textEmbeds.size(0);
        double[] timesteps = scheduler.timesteps(request.steps());
        CogVideoXPositions positions =
                CogVideoXPositions.of(
                        model, workspace, size.latentFrames(), size.height(), size.width());
        double[] ofsValues = new double[batch];
        Arrays.fill(ofsValues, OFS);
        Tensor ofs = c.ofsEmbedDim().isPresent() ? rows(model.ofsSinusoid(ofsValues), batch) : null;
        Tensor time = workspace.allocate(DType.F32, batch, c.width());
        Tensor input =
                workspace.allocate(
                        DType.F32,
                        batch,
                        size.latentFrames(),
                        c.inChannels(),
                        size.height(),
                        size.width());
        long[] dims = sample.shape().dims();
        dims[0] = batch;
        Tensor output = workspace.allocate(DType.F32, dims);
        drawInitialNoise();
        Sampler sampler = scheduler.begin(workspace, request.steps(), sample.elements());
        Noise noise = this::drawNoise;

        listener.progress(Stage.DENOISE, 0, request.steps());
        for (int i = 0; i < request.steps(); i++) {
            long start = System.nanoTime();
            double t = timesteps[i];
            policy.beginStep(i, t);
            fillInput(input, condition);
            writeTime(t, time);
            model.forward(
                    workspace,
                    input,
                    textEmbeds,
                    time,
                    ofs,
                    positions,
                    policy,
                    finite.faults(),
                    output);
            policy.endStep();
            Tensor prediction = output.rows(0, 1);
            if (batch == 2) {
                double g =
                        Guidance.scale(
                                request.guidance(), request.dynamicGuidance(), t, request.steps());
                ops.axpby((float) (1 - g), prediction, (float) g, output.rows(1, 2), prediction);
            }
            sampler.step(i, prediction, sample, noise);
            roundSample();
            finite.require(i, request.steps(), sample);
            log.step(i, t, start, policy.statistics());
            listener.progress(Stage.DENOISE, i + 1, request.steps());
        }
    }

    private Tensor rows(float[] values, int rows) {
        try (Arena arena = Arena.ofConfined()) {
            return workspace.copyOf(Tensor.of(arena, values, rows, values.length / rows));
        }
    }

    private void writeTime(double t, Tensor out) {
        double[] times = new double[out.size(0)];
        Arrays.fill(times, t);
        try (Arena arena = Arena.ofConfined()) {
            float[] sinusoid = model.timeSinusoid(times);
            workspace.backend().write(Tensor.of(arena, sinusoid, sinusoid.length), out);
        }
    }

    private void drawInitialNoise() {
        Tensor given = request.latents();
        if (given != null) {
            try (var _ = workspace.scope()) {
                workspace.ops().convert(workspace.copyOf(given), sample);
            }
        } else {
            drawNoise(sample);
        }
        float sigma = scheduler.initialNoise();
        workspace.ops().axpby(sigma, sample, 0, sample, sample);
        roundSample();
    }

    /** The generator's next numbers, drawn in the request's type as torch would. */
    private void drawNoise(Tensor out) {
        try (Arena arena = Arena.ofConfined();
                var _ = workspace.scope()) {
            Tensor drawn = Tensor.zeros(arena, request.dtype(), out.shape().dims());
            random.accept(drawn);
            workspace.ops().convert(workspace.copyOf(drawn), out);
        }
    }

    /** In bfloat16 runs the latents between steps are bfloat16 numbers. */
    private void roundSample() {
        if (request.dtype() == DType.BF16) {
            workspace.ops().convert(sample, rounded);
            workspace.ops().convert(rounded, sample);
        }
    }

    /** Every batch element is the sample; image-to-video models see the condition beside it. */
    private void fillInput(Tensor input, @Nullable Tensor condition) {
        Ops ops = workspace.ops();
        int channels = sample.size(2);
        for (int b = 0; b < input.size(0); b++) {
            for (int f = 0; f < input.size(1); f++) {
                Tensor frame = input.get(b).get(f); // [Cin, H, W]
                ops.convert(sample.get(0).get(f), frame.rows(0, channels));
                if (condition != null) {
                    ops.convert(condition.get(f), frame.rows(channels, frame.size(0)));
                }
            }
        }
    }
}

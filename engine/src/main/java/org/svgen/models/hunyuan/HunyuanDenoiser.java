package org.svgen.models.hunyuan;

import java.lang.foreign.Arena;
import org.svgen.models.hunyuan.HunyuanTransformer.RopeTables;
import org.svgen.models.hunyuan.HunyuanTransformer.Text;
import org.svgen.nn.Rope3d;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.run.FiniteCheck;
import org.svgen.run.RunLog;
import org.svgen.schedule.Sampler;
import org.svgen.schedule.Scheduler;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.random.TorchRandom;

/**
 * The denoising loop of one run (diffusers: {@code HunyuanVideoPipeline.__call__}). Everything it
 * allocates lives in the enclosing scope of the workspace.
 */
final class HunyuanDenoiser {
    private static final double GUIDANCE_UNIT = 1000;

    private final HunyuanTransformer model;
    private final Scheduler scheduler;
    private final Request request;
    private final Workspace workspace;
    private final StepListener listener;
    private final RopeTables rope;
    private final Tensor sample; // F32 [1, C, F, H, W]
    private final Tensor input; // F32, as sample
    private final Tensor rounded; // BF16, as sample

    HunyuanDenoiser(
            HunyuanTransformer model,
            Scheduler scheduler,
            Request request,
            HunyuanSize size,
            Workspace workspace,
            StepListener listener) {
        this.model = model;
        this.scheduler = scheduler;
        this.request = request;
        this.workspace = workspace;
        this.listener = listener;
        Rope3d tables = model.rope(size.frames(), size.height(), size.width());
        int dim = model.config().headDim();
        this.rope = new RopeTables(rows(tables.cos(), dim), rows(tables.sin(), dim));
        long[] dims = size.latentDims(model.config().inChannels());
        this.sample = workspace.allocate(DType.F32, dims);
        this.input = workspace.allocate(DType.F32, dims);
        this.rounded = workspace.allocate(DType.BF16, dims);
    }

    /** F32 [1, C, F, H, W]: noise at first, the latents at the end. */
    Tensor sample() {
        return sample;
    }

    /** Takes all steps of the request. */
    void run(Text text, AttentionPolicy policy, FiniteCheck finite, RunLog log) {
        double[] timesteps = scheduler.timesteps(request.steps());
        Tensor time = workspace.allocate(DType.F32, 1, Conditioning.CHANNELS);
        Tensor guidance =
                rows(
                        Conditioning.sinusoid(request.guidance() * GUIDANCE_UNIT),
                        Conditioning.CHANNELS);
        Tensor output = workspace.allocate(DType.F32, sample.shape().dims());
        drawInitialNoise();
        Sampler sampler = scheduler.begin(workspace, request.steps(), sample.elements());
        listener.progress(Stage.DENOISE, 0, request.steps());
        for (int i = 0; i < request.steps(); i++) {
            long start = System.nanoTime();
            policy.beginStep(i, timesteps[i]);
            write(Conditioning.sinusoid(timesteps[i]), time);
            round(sample, input);
            model.forward(
                    workspace,
                    input.get(0),
                    text,
                    time,
                    guidance,
                    rope,
                    policy,
                    finite.faults(),
                    output.get(0));
            policy.endStep();
            sampler.step(i, output, sample, HunyuanDenoiser::noNoise);
            round(sample, sample);
            finite.require(i, request.steps(), sample);
            log.step(i, timesteps[i], start, policy.statistics());
            listener.progress(Stage.DENOISE, i + 1, request.steps());
        }
    }

    private static void noNoise(Tensor out) {
        throw new IllegalStateException("flow matching draws no noise on its way");
    }

    private Tensor rows(float[] values, int columns) {
        try (Arena arena = Arena.ofConfined()) {
            return workspace.copyOf(Tensor.of(arena, values, values.length / columns, columns));
        }
    }

    private void write(float[] values, Tensor out) {
        try (Arena arena = Arena.ofConfined()) {
            workspace.backend().write(Tensor.of(arena, values, values.length), out);
        }
    }

    /** Drawn in F32 whatever the request's type, as diffusers does. */
    private void drawInitialNoise() {
        try (Arena arena = Arena.ofConfined();
                var _ = workspace.scope()) {
            Tensor noise = request.latents();
            if (noise == null) {
                noise = Tensor.zeros(arena, DType.F32, sample.shape().dims());
                new TorchRandom(request.seed()).normal(noise);
            }
            workspace.ops().convert(workspace.copyOf(noise), sample);
        }
        float sigma = scheduler.initialNoise();
        workspace.ops().axpby(sigma, sample, 0, sample, sample);
    }

    /** In bfloat16 runs what the model sees, and what it makes, are bfloat16 numbers. */
    @SuppressWarnings("ReferenceEquality") // callers that round in place pass one tensor twice
    private void round(Tensor x, Tensor out) {
        if (request.dtype() == DType.BF16) {
            workspace.ops().convert(x, rounded);
            workspace.ops().convert(rounded, out);
        } else if (x != out) {
            workspace.ops().convert(x, out);
        }
    }
}

package org.svgen.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.testkit.TestDevice;

/** Noise levels, and what a step's output moves, against the steps themselves. */
class OutputShareTest {
    private static final int STEPS = 50;
    private static final String DIFFUSION =
            """
            "timestep_spacing": "trailing", "beta_schedule": "scaled_linear", "beta_start": 0.00085,
            "beta_end": 0.012, "snr_shift_scale": 3.0, "set_alpha_to_one": true,
            """;
    private static final String ZERO_SNR = DIFFUSION + "\"rescale_betas_zero_snr\": true,";
    private static final String V = "\"prediction_type\": \"v_prediction\"";
    private static final String DDIM =
            "\"_class_name\": \"CogVideoXDDIMScheduler\"," + ZERO_SNR + V;
    private static final String DDIM_OF_NOISE =
            "\"_class_name\": \"CogVideoXDDIMScheduler\","
                    + DIFFUSION
                    + "\"prediction_type\": \"epsilon\"";
    private static final String DDIM_OF_SAMPLES =
            "\"_class_name\": \"CogVideoXDDIMScheduler\","
                    + DIFFUSION
                    + "\"prediction_type\": \"sample\"";
    private static final String DPM = "\"_class_name\": \"CogVideoXDPMScheduler\"," + ZERO_SNR + V;
    private static final String EULER =
            "\"_class_name\": \"FlowMatchEulerDiscreteScheduler\", \"shift\": 7.0";
    private static final String INVERTED = EULER + ", \"invert_sigmas\": true";
    private static final String UNIPC =
            """
            "_class_name": "UniPCMultistepScheduler", "prediction_type": "flow_prediction",
            "use_flow_sigmas": true, "flow_shift": 5.0, "solver_order": 1
            """;
    private static final String UNIPC_ALONE =
            UNIPC
                    + IntStream.range(0, STEPS)
                            .mapToObj(String::valueOf)
                            .collect(Collectors.joining(",", ", \"disable_corrector\": [", "]"));

    private static Scheduler scheduler(String entries) {
        byte[] json = ("{" + entries + "}").getBytes(StandardCharsets.UTF_8);
        return Schedulers.load(Config.parse(Path.of("scheduler_config.json"), json));
    }

    @ParameterizedTest
    @ValueSource(strings = {DDIM, DDIM_OF_NOISE, DDIM_OF_SAMPLES, EULER, INVERTED})
    void anOutputMovesTheNextSampleBySoMuchOfItsSignal(String config) {
        Scheduler scheduler = scheduler(config);
        for (int step = 0; step < STEPS; step++) {
            requireMoved(scheduler, step);
        }
    }

    @Test
    void soItDoesInSolversOfHigherOrderWhereTheyAreOfTheFirst() {
        requireMoved(scheduler(DPM), 0);
        requireMoved(scheduler(DPM), STEPS - 1);
        requireMoved(scheduler(UNIPC.replace("1\n", "2\n")), 0);
        Scheduler first = scheduler(UNIPC_ALONE);
        for (int step = 0; step < STEPS; step++) {
            requireMoved(first, step);
        }
    }

    private static void requireMoved(Scheduler scheduler, int step) {
        double moved = Math.abs(next(scheduler, step, 1) - next(scheduler, step, 0));
        assertThat(scheduler.outputShare(STEPS, step))
                .as("step %d", step)
                .isCloseTo(
                        moved / scheduler.noise(STEPS, step + 1).signal(), withinPercentage(0.05));
    }

    /** The sample behind a step from a sample of 0, which begins a run. */
    private static double next(Scheduler scheduler, int step, float output) {
        try (Arena arena = Arena.ofShared();
                Backend backend = TestDevice.open();
                Workspace workspace = new Workspace(backend, 1 << 12)) {
            Sampler sampler = scheduler.begin(workspace, STEPS, 1);
            for (Tensor memory : sampler.memory()) {
                workspace.ops().fill(0, memory);
            }
            Tensor sample = workspace.copyOf(Tensor.zeros(arena, DType.F32, 1));
            Tensor given = workspace.copyOf(Tensor.of(arena, new float[] {output}, 1));
            sampler.step(step, given, sample, drawn -> workspace.ops().fill(0, drawn));
            return workspace.toHost(sample, arena).toFloats()[0];
        }
    }

    /** Clean sample and noise as the output tells them, mixed as the next step has them. */
    @ParameterizedTest
    @ValueSource(strings = {DDIM, DDIM_OF_NOISE, DDIM_OF_SAMPLES, DPM, EULER, INVERTED, UNIPC})
    void anOutputTellsCleanSampleAndNoise(String config) {
        Scheduler scheduler = scheduler(config);
        double sample = 0.7;
        for (int step = 0; step < STEPS; step++) {
            NoiseLevel now = scheduler.noise(STEPS, step);
            NoiseLevel next = scheduler.noise(STEPS, step + 1);
            CleanSample told = scheduler.cleanSample(STEPS, step);
            double[] mixed = new double[2];
            for (int output = 0; output < 2; output++) {
                double clean = told.ofSample() * sample + told.ofOutput() * output;
                double noise = (sample - now.signal() * clean) / now.noise();
                mixed[output] = next.signal() * clean + next.noise() * noise;
            }
            assertThat(scheduler.outputShare(STEPS, step))
                    .isCloseTo(
                            Math.abs(mixed[1] - mixed[0]) / next.signal(), withinPercentage(1e-6));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {DDIM, DPM, EULER, INVERTED, UNIPC})
    void noiseFallsToNone(String config) {
        Scheduler scheduler = scheduler(config);
        for (int step = 0; step < STEPS; step++) {
            NoiseLevel now = scheduler.noise(STEPS, step);
            NoiseLevel next = scheduler.noise(STEPS, step + 1);
            assertThat(next.noise()).isLessThan(now.noise());
            assertThat(next.logSnr()).isGreaterThan(now.logSnr());
        }
        assertThat(scheduler.noise(STEPS, 0).noise()).isCloseTo(1, within(0.01));
        assertThat(scheduler.noise(STEPS, STEPS)).isEqualTo(NoiseLevel.CLEAN);
        assertThat(scheduler.noise(STEPS, STEPS).logSnr()).isEqualTo(Double.POSITIVE_INFINITY);
    }
}

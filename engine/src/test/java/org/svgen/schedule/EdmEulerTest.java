package org.svgen.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.testkit.Errors;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;

/** Against diffusers' schedule, and against what a step is made of, one formula after the other. */
class EdmEulerTest {
    private static final String TINY = "cosmos1-t2w-tiny";
    private static final int STEPS = 5;

    private final EdmEuler scheduler =
            EdmEuler.load(
                    Config.read(Goldens.folder(TINY).resolve("scheduler/scheduler_config.json")));
    private final Map<String, GoldenTensor> golden =
            Goldens.tensors(TINY, "golden/schedule.safetensors");

    @Test
    void noiseAndTimesAreThoseOfDiffusers() {
        float[] sigmas = Objects.requireNonNull(golden.get("sigmas")).floats();
        double[] times = scheduler.timesteps(STEPS);
        for (int i = 0; i <= STEPS; i++) {
            assertThat((float) scheduler.noise(STEPS, i).noise()).isEqualTo(sigmas[i]);
        }
        float[] expected = Objects.requireNonNull(golden.get("timesteps")).floats();
        for (int i = 0; i < STEPS; i++) {
            assertThat(Math.abs(times[i] - expected[i])).isLessThan(2e-7);
            double scale = 1 / Math.sqrt(sigmas[i] * sigmas[i] + 0.25);
            assertThat(scheduler.inputScale(times[i]) / scale - 1).isBetween(-1e-6, 1e-6);
        }
        assertThat(scheduler.initialNoise()).isEqualTo(80);
    }

    @Test
    void aStepGoesAlongTheLineFromTheCleanSample() {
        float[] sigmas = Objects.requireNonNull(golden.get("sigmas")).floats();
        float[] x = {3, -40, 0.5f, 12};
        float[] output = {0.2f, -1.5f, 1, 0};
        try (Backend backend = TestDevice.open();
                Workspace ws = new Workspace(backend, 1 << 16);
                Arena arena = Arena.ofShared()) {
            Sampler sampler = scheduler.begin(ws, STEPS, x.length);
            for (int i = 0; i < STEPS; i++) {
                double s = sigmas[i];
                Tensor sample = ws.copyOf(Tensor.of(arena, x, x.length));
                sampler.step(i, ws.copyOf(Tensor.of(arena, output, x.length)), sample, noise -> {});
                float[] expected = new float[x.length];
                for (int k = 0; k < x.length; k++) {
                    double clean =
                            0.25 / (s * s + 0.25) * x[k]
                                    + s * 0.5 / Math.sqrt(s * s + 0.25) * output[k];
                    expected[k] = (float) (x[k] + (x[k] - clean) / s * (sigmas[i + 1] - s));
                }
                float[] actual = ws.toHost(sample, arena).toFloats();
                assertThat(Errors.relative(actual, expected)).as("step " + i).isLessThan(1e-5);
            }
        }
    }

    @Test
    void otherCurvesFallFromMostToLeast() {
        String json =
                """
                {"_class_name": "EDMEulerScheduler", "sigma_schedule": "exponential",
                 "final_sigmas_type": "zero", "prediction_type": "v_prediction"}
                """;
        Config config = Config.parse(Path.of("a"), json.getBytes(StandardCharsets.UTF_8));
        EdmEuler other = EdmEuler.load(config);
        assertThat(other.noise(3, 0).noise()).isEqualTo(80f);
        assertThat(other.noise(3, 1).noise()).isCloseTo(0.4, within());
        assertThat(other.noise(3, 2).noise()).isEqualTo(0.002f);
        assertThat(other.noise(3, 3).noise()).isZero();
        double all = Math.sqrt(0.4 * 0.4 + 0.25);
        assertThat(other.cleanSample(3, 1).ofOutput()).isCloseTo(-0.4 * 0.5 / all, within());
    }

    private static Offset<Double> within() {
        return Offset.offset(1e-6);
    }
}

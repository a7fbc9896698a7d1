package org.svgen.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.testkit.TestDevice;

/** The rule of models distilled by distribution matching, by its definition. */
class NamedTimesTest {
    private static final List<Double> TIMES = List.of(1000.0, 757.0, 522.0);
    private static final int SIZE = 50;

    /** The listed times are those of training's steps 1000, 280 and 120, shifted by 8, rounded. */
    private static double shifted(double share, double shift) {
        return shift * share / (1 + (shift - 1) * share);
    }

    @Test
    void theModelIsToldTheListAndNoiseIsThatOfTheNearestStepOfTraining() {
        Scheduler fastWan = Schedulers.distributionMatching(1000, 8, TIMES);
        assertThat(fastWan.timesteps(3)).containsExactly(1000, 757, 522);
        double[] expected = {1, shifted(0.28, 8), shifted(0.12, 8), 0};
        for (int i = 0; i <= 3; i++) {
            assertThat(fastWan.noise(3, i).noise()).isEqualTo(expected[i], within(1e-7));
        }
        Scheduler other = fastWan.shifted(5);
        assertThat(other.shift()).hasValue(5);
        assertThat(other.timesteps(3)).containsExactly(1000, 757, 522);
        assertThat(other.noise(3, 1).noise()).isEqualTo(shifted(0.384, 5), within(1e-7));
    }

    @Test
    void eachStepGoesToTheCleanSampleAndBackByFreshNoise() {
        Scheduler fastWan = Schedulers.distributionMatching(1000, 8, TIMES);
        double[] shares = {1, shifted(0.28, 8), shifted(0.12, 8), 0};
        Random random = new Random(5);
        double[] x = random.doubles(SIZE, -2, 2).toArray();
        try (Arena arena = Arena.ofConfined();
                Backend backend = TestDevice.open();
                Workspace workspace = new Workspace(backend, 1 << 20)) {
            Tensor sample = Tensor.of(arena, floats(x), SIZE);
            Sampler sampler = fastWan.begin(workspace, 3, SIZE);
            for (int i = 0; i < 3; i++) {
                double[] output = random.doubles(SIZE, -2, 2).toArray();
                double[] fresh = random.doubles(SIZE, -2, 2).toArray();
                for (int k = 0; k < SIZE; k++) {
                    double clean = x[k] - shares[i] * output[k];
                    x[k] = (1 - shares[i + 1]) * clean + shares[i + 1] * fresh[k];
                }
                sampler.step(
                        i,
                        Tensor.of(arena, floats(output), SIZE),
                        sample,
                        out -> backend.write(Tensor.of(arena, floats(fresh), SIZE), out));
                backend.synchronize();
                float[] found = sample.toFloats();
                for (int k = 0; k < SIZE; k++) {
                    assertThat((double) found[k]).isEqualTo(x[k], within(2e-6));
                }
            }
        }
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    @Test
    void aListIsForAsManySteps() {
        Scheduler fastWan = Schedulers.distributionMatching(1000, 8, TIMES);
        assertThatThrownBy(() -> fastWan.timesteps(4))
                .isInstanceOf(BadInputException.class)
                .hasMessage("timesteps: expected as many as there are steps, 4, found 3");
        Scheduler shorter = Schedulers.few(500, 1, GivenSigmas.of(TIMES, 500), false);
        assertThatThrownBy(() -> shorter.timesteps(3))
                .isInstanceOf(BadInputException.class)
                .hasMessage("timesteps: expected at most 500, where training began, found 1000.0");
    }
}

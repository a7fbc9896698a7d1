package org.svgen.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.random.TorchRandom;
import org.svgen.testkit.Errors;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;

/** Against whole runs of diffusers' schedulers. */
class SchedulerGoldenTest {
    @ParameterizedTest
    @ValueSource(strings = {"cogvideox_ddim", "cogvideox_dpm", "flow_euler"})
    void everyStepOfARunEqualsDiffusers(String name) {
        Map<String, GoldenTensor> golden = Goldens.tensors("schedulers", name + ".safetensors");
        Path config = Goldens.folder("schedulers").resolve(name).resolve("scheduler_config.json");
        Scheduler scheduler = Schedulers.load(Config.read(config));
        float[] timesteps = get(golden, "timesteps").floats();
        int steps = timesteps.length;
        for (int i = 0; i < steps; i++) {
            assertThat(scheduler.timesteps(steps)[i]).isEqualTo(timesteps[i]);
        }

        TorchRandom random = new TorchRandom(3);
        try (Arena arena = Arena.ofConfined();
                Backend backend = TestDevice.open();
                Workspace workspace = new Workspace(backend, 1 << 20)) {
            Tensor sample = get(golden, "init").f32(arena);
            Sampler sampler = scheduler.begin(workspace, steps, sample.elements());
            for (int i = 0; i < steps; i++) {
                Tensor output = get(golden, "model_output_" + i).f32(arena);
                sampler.step(i, output, sample, random::normal);
                backend.synchronize();
                assertThat(Errors.relative(sample.toFloats(), get(golden, "x_" + i).floats()))
                        .as("step %d", i)
                        .isLessThan(1e-5);
            }
        }
    }

    private static GoldenTensor get(Map<String, GoldenTensor> golden, String name) {
        return Objects.requireNonNull(golden.get(name), name);
    }
}

package org.svgen.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.random.TorchRandom;
import org.svgen.testkit.Errors;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;
import tools.jackson.databind.JsonNode;

/** Against whole runs of diffusers' schedulers. */
class SchedulerGoldenTest {
    private static final JsonNode CASES = Goldens.json("schedulers", "cases.json");
    private static final double EXACT = 0;
    private static final double ROUNDING = 1e-6;

    static Stream<String> runs() {
        Stream<String> listed =
                CASES.properties().stream()
                        .filter(c ->
                                Schedulers.CLASSES.contains(c.getValue().get("class").asString()))
                        .map(Map.Entry::getKey);
        return Stream.concat(
                Stream.of("cogvideox_ddim", "cogvideox_dpm", "flow_euler", "unipc_flow"), listed);
    }

    @ParameterizedTest
    @MethodSource("runs")
    void everyStepOfARunEqualsDiffusers(String name) {
        requireSteps(name, scheduler(name));
    }

    /** Of models distilled to four steps: 1000, 750, 500 and 250, shifted by 5. */
    @Test
    void everyStepOfAListEqualsDiffusers() {
        GivenSigmas list = GivenSigmas.of(List.of(1000.0, 750.0, 500.0, 250.0), 1000);
        requireSteps("euler_distilled_4_shift5", Schedulers.few(1000, 5, list, false));
        requireSteps(
                "euler_distilled_4_shift5", Schedulers.few(1000, 5, GivenSigmas.even(), false));
    }

    private static void requireSteps(String name, Scheduler scheduler) {
        Map<String, GoldenTensor> golden = golden(name);
        float[] timesteps = get(golden, "timesteps").floats();
        int steps = timesteps.length;
        // Diffusers takes the exponential of mu inside its formula; svgen is told the shift.
        double tolerance = name.contains("dynamic") || name.contains("terminal") ? ROUNDING : EXACT;
        double[] told = scheduler.timesteps(steps);
        assertThat(told).hasSize(steps);
        for (int i = 0; i < steps; i++) {
            assertThat(told[i]).isEqualTo(timesteps[i], within(tolerance * timesteps[i]));
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

    @Test
    void aSamplerGoesOnFromTheMemoryOfAnother() {
        for (String name : List.of("unipc_order3", "cogvideox_dpm")) {
            for (int swap = 1; swap < 8; swap++) {
                assertThat(lastSample(name, swap)).as(name).isEqualTo(lastSample(name, 0));
            }
        }
    }

    /** Of a run whose sampler is replaced before step {@code swap}. */
    private static float[] lastSample(String name, int swap) {
        Map<String, GoldenTensor> golden = golden(name);
        Scheduler scheduler = scheduler(name);
        TorchRandom random = new TorchRandom(3);
        try (Arena arena = Arena.ofConfined();
                Backend backend = TestDevice.open();
                Workspace workspace = new Workspace(backend, 1 << 20)) {
            Tensor sample = get(golden, "init").f32(arena);
            Sampler sampler = scheduler.begin(workspace, 8, sample.elements());
            for (int i = 0; i < 8; i++) {
                if (i == swap) {
                    List<Tensor> carried =
                            sampler.memory().stream().map(m -> workspace.toHost(m, arena)).toList();
                    sampler = scheduler.begin(workspace, 8, sample.elements());
                    for (int m = 0; m < carried.size(); m++) {
                        backend.write(carried.get(m), sampler.memory().get(m));
                    }
                }
                Tensor output = get(golden, "model_output_" + i).f32(arena);
                sampler.step(i, output, sample, random::normal);
                backend.synchronize();
            }
            return sample.toFloats();
        }
    }

    private static Map<String, GoldenTensor> golden(String name) {
        return Goldens.tensors("schedulers", name + ".safetensors");
    }

    /** As {@code cases.json} says that it was called. */
    private static Scheduler scheduler(String name) {
        Path file = Goldens.folder("schedulers").resolve(name).resolve("scheduler_config.json");
        Config config = Config.read(file);
        JsonNode called = CASES.path(name).path("set_timesteps");
        double[] sigmas =
                called.path("sigmas").valueStream().mapToDouble(JsonNode::asDouble).toArray();
        Scheduler scheduler =
                name.equals("flow_euler")
                        ? Schedulers.load(config, GivenSigmas.even())
                        : sigmas.length == 0
                                ? Schedulers.load(config)
                                : Schedulers.load(config, steps -> sigmas.clone());
        if (!called.has("mu")) {
            return scheduler;
        }
        double mu = called.get("mu").asDouble();
        return scheduler.shifted(
                config.text("time_shift_type").equals("linear") ? mu : Math.exp(mu));
    }

    private static GoldenTensor get(Map<String, GoldenTensor> golden, String name) {
        return Objects.requireNonNull(golden.get(name), name);
    }
}

package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.cache.TeaCurve;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.models.cogvideox.CogVideoXFamily;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.CacheSettings;
import org.svgen.pipeline.CacheSettings.Kind;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.RequestBuilder;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.run.ModelCaches;
import org.svgen.run.ModelFamily;
import org.svgen.run.ModelPipeline;
import org.svgen.sparse.SharedOutputs;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.Errors;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;
import tools.jackson.databind.JsonNode;

/**
 * Whole runs with diffusers' FirstBlockCache and PyramidAttentionBroadcast and with TeaCache's
 * published rule: what each step decides, by what figure, and the latents behind it. The references
 * skip as many steps in a row as they like. Where guidance has two passes they decide for each;
 * those of these runs agree, but for the broadcast's run of Wan.
 */
class ReuseGoldenTest {
    private static final String CACHES = "caches";

    @ParameterizedTest
    @CsvSource({
        "cogvideox-t2v-tiny, tea",
        "cogvideox-t2v-tiny, tea_poly",
        "hunyuanvideo-t2v-tiny, tea",
        "hunyuanvideo-t2v-tiny, tea_poly",
        "wan-t2v-tiny, tea",
        "wan-t2v-tiny, tea_poly"
    })
    void teaCacheDecidesAsPublished(String model, String method) {
        JsonNode golden = Goldens.json(CACHES, model + "." + method + ".json");
        List<Double> coefficients = new ArrayList<>();
        golden.get("coefficients").forEach(c -> coefficients.add(c.asDouble()));
        TeaCurve curve = new TeaCurve(model, 1, coefficients);
        requireGolden(
                model, method, Kind.TEA, ModelCaches.inside(1, Optional.of(curve)), "accumulated");
    }

    /** Of the last step, which diffusers skips in the run of CogVideoX, only what is before it. */
    @ParameterizedTest
    @CsvSource({"cogvideox-t2v-tiny", "hunyuanvideo-t2v-tiny", "wan-t2v-tiny"})
    void theFirstBlockDecidesAsInDiffusers(String model) {
        requireGolden(
                model, "first_block", Kind.FBC, ModelCaches.inside(1, Optional.empty()), "change");
    }

    @ParameterizedTest
    @CsvSource({"cogvideox-t2v-tiny", "hunyuanvideo-t2v-tiny"})
    void attentionIsTakenOverAsInDiffusers(String model) {
        JsonNode golden = Goldens.json(CACHES, model + ".pab.json");
        Map<String, GoldenTensor> tensors = Goldens.tensors(CACHES, model + ".pab.safetensors");
        int steps = golden.get("num_inference_steps").asInt();
        int modules = golden.get("forwards").size() / steps;
        AttentionSettings every =
                AttentionSettings.builder()
                        .mode(AttentionSettings.Mode.PAB)
                        .density(1.0 / golden.get("spatial_attention_block_skip_range").asInt())
                        .denseSteps(new Amount.Count(0))
                        .build();
        Checkpoint checkpoint = Checkpoint.open(Goldens.folder(model));
        RecordedFamily recorded =
                new RecordedFamily(Families.ofPipeline(checkpoint.pipelineClass()));
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline =
                        ModelPipeline.open(recorded, checkpoint, backend, DType.F32, false)) {
            Request request =
                    request(pipeline, model, golden, CacheSettings.NONE).toBuilder()
                            .attention(every)
                            .build();
            Plan plan = pipeline.plan(request, Long.MAX_VALUE);
            try (Result result = pipeline.generate(request, plan, StepListener.SILENT)) {
                for (int i = 0; i < steps; i++) {
                    for (int m = 0; m < modules; m++) {
                        assertThat(result.report().steps().get(i).density() > 0)
                                .isEqualTo(
                                        golden.get("forwards")
                                                .get(i * modules + m)
                                                .get("computed")
                                                .asBoolean());
                    }
                    requireLatents(recorded, i, tensors);
                }
                assertThat(result.report().peakBytes()).isEqualTo(plan.peakBytes());
                assertThat(result.report().sparseDensity().orElseThrow()).isBetween(0.1, 0.7);
            }
        }
    }

    /**
     * Diffusers calls Wan's transformer twice a step, and one pass takes over what the other
     * attended to. The product lets each pass keep its own. So this calls the product's broadcast
     * as diffusers does: a pass is a step, and cross-attention has one too.
     */
    @Test
    void attentionIsTakenOverFromPassToPassWhereItIsCalledAsInDiffusers() {
        String model = "wan-t2v-tiny";
        JsonNode golden = Goldens.json(CACHES, model + ".pab.json");
        Map<String, GoldenTensor> tensors = Goldens.tensors(CACHES, model + ".pab.safetensors");
        int steps = golden.get("num_inference_steps").asInt();
        int self = golden.get("spatial_attention_block_skip_range").asInt();
        int cross = golden.get("cross_attention_block_skip_range").asInt();
        JsonNode calls = golden.get("forwards");
        List<Boolean> decided = new ArrayList<>();
        calls.forEach(call -> decided.add(call.get("computed").asBoolean()));
        double[] timesteps = new double[steps];
        for (int i = 0; i < steps; i++) {
            timesteps[i] = calls.get(i * calls.size() / steps).get("timestep").asDouble();
        }
        Checkpoint checkpoint = Checkpoint.open(Goldens.folder(model));
        RecordedFamily recorded =
                new RecordedFamily(Families.ofPipeline(checkpoint.pipelineClass()));
        try (Backend backend = TestDevice.open();
                SharedOutputs shared =
                        new SharedOutputs(backend, timesteps, self, cross, self, cross);
                VideoPipeline pipeline =
                        ModelPipeline.open(
                                recorded, checkpoint, shared.backend(), DType.F32, false)) {
            Request request = request(pipeline, model, golden, CacheSettings.NONE);
            try (Result result = pipeline.generate(request, StepListener.SILENT)) {
                assertThat(result.report().steps().stream().mapToDouble(Report.Step::timestep))
                        .containsExactly(Arrays.stream(timesteps).boxed().toArray(Double[]::new));
                assertThat(shared.computed()).isEqualTo(decided);
                for (int i = 0; i < steps; i++) {
                    requireLatents(recorded, i, tensors);
                }
            }
        }
    }

    private static void requireLatents(
            RecordedFamily recorded, int step, Map<String, GoldenTensor> tensors) {
        assertThat(
                        Errors.relative(
                                recorded.latents().get(step),
                                tensors.get("latents_step_" + step).floats()))
                .as("latents behind step %d", step)
                .isLessThan(1e-4);
    }

    private static void requireGolden(
            String model, String method, Kind kind, ModelCaches caches, String figure) {
        JsonNode golden = Goldens.json(CACHES, model + "." + method + ".json");
        Map<String, GoldenTensor> tensors =
                Goldens.tensors(CACHES, model + "." + method + ".safetensors");
        int steps = golden.get("num_inference_steps").asInt();
        CacheSettings cache =
                CacheSettings.builder()
                        .kind(kind)
                        .threshold(golden.get("threshold").asDouble())
                        .warmUp(new Amount.Count(0))
                        .inARow(steps)
                        .build();
        Checkpoint checkpoint = Checkpoint.open(Goldens.folder(model));
        ModelFamily family = Families.ofPipeline(checkpoint.pipelineClass());
        RecordedFamily recorded =
                new RecordedFamily(family, Optional.of(caches), new ArrayList<>());
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline =
                        ModelPipeline.open(recorded, checkpoint, backend, DType.F32, false)) {
            Request request = request(pipeline, model, golden, cache);
            try (Result result = pipeline.generate(request, StepListener.SILENT)) {
                List<JsonNode> decided = decided(golden, steps);
                int equal = decided.get(steps - 1).get("computed").asBoolean() ? steps : steps - 1;
                // The first block's change is told of both passes together here.
                boolean comparable = kind == Kind.TEA || golden.get("forwards").size() == steps;
                for (int i = 0; i < equal; i++) {
                    Report.Step step = result.report().steps().get(i);
                    JsonNode there = decided.get(i);
                    assertThat(step.reused())
                            .as("step %d is skipped", i)
                            .isEqualTo(!there.get("computed").asBoolean());
                    assertThat(step.cacheFigure().isPresent()).isEqualTo(i > 0 && i < steps - 1);
                    if (step.cacheFigure().isPresent() && comparable) {
                        assertThat(step.cacheFigure().getAsDouble())
                                .isCloseTo(there.get(figure).asDouble(), within(1e-3));
                    }
                    requireLatents(recorded, i, tensors);
                }
                assertThat(result.report().reusedSteps()).isPositive();
            }
        }
    }

    /** The decision of each step, which is that of all its passes. */
    private static List<JsonNode> decided(JsonNode golden, int steps) {
        List<JsonNode> decided = new ArrayList<>();
        JsonNode forwards = golden.get("forwards");
        int passes = forwards.size() / steps;
        for (int i = 0; i < steps; i++) {
            for (int p = 1; p < passes; p++) {
                assertThat(forwards.get(i * passes + p).get("computed"))
                        .isEqualTo(forwards.get(i * passes).get("computed"));
            }
            decided.add(forwards.get(i * passes));
        }
        return decided;
    }

    private static Request request(
            VideoPipeline pipeline, String model, JsonNode golden, CacheSettings cache) {
        JsonNode said = Goldens.json(model, "golden/pipeline.json");
        RequestBuilder request =
                Request.builder(pipeline.defaults())
                        .prompt(said.get("prompt").asString())
                        .size(golden.get("width").asInt(), golden.get("height").asInt())
                        .frames(golden.get("num_frames").asInt())
                        .steps(golden.get("num_inference_steps").asInt())
                        .guidance(golden.get("guidance_scale").asDouble())
                        .seed(golden.get("seed").asLong())
                        .attention(
                                AttentionSettings.builder()
                                        .mode(AttentionSettings.Mode.DENSE)
                                        .build())
                        .cache(cache);
        if (said.has("negative_prompt")) {
            request.negativePrompt(said.get("negative_prompt").asString());
        }
        if (golden.has("use_dynamic_cfg")) {
            request.set(
                    CogVideoXFamily.DYNAMIC_GUIDANCE, golden.get("use_dynamic_cfg").asBoolean());
        }
        return request.build();
    }
}

package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.LayerStream;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.checkpoint.SafeTensorsWriter;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StageNeed;
import org.svgen.pipeline.StagePlan;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.FarBackend;

/** A model whose weights are merged with an adapter's as they are asked for. */
class AdapterTest {
    private static final String MODEL = "cogvideox-t2v-tiny";
    private static final String WEIGHTS = "diffusion_pytorch_model.safetensors";
    private static final Pattern ADAPTED = Pattern.compile("(.*attn1\\.to_(?:q|out\\.0))\\.weight");
    private static final double STRENGTH = 0.7;
    private static final int RANK = 3;

    @TempDir Path folder;
    private final Arena arena = Arena.ofShared();
    private final Random random = new Random(3);
    private SafeTensors adapter;
    private long mergedBytes;

    /** An adapter, and beside it a copy of the model with the adapter in its weights. */
    @BeforeEach
    void write() throws IOException {
        ModelCopy.to(folder.resolve("plain"), MODEL);
        ModelCopy.to(folder.resolve("merged"), MODEL);
        Map<String, Tensor> factors = new LinkedHashMap<>();
        Map<String, Tensor> weights = new LinkedHashMap<>();
        Path shards = folder.resolve("plain/transformer").resolve(WEIGHTS + ".index.json");
        Path whole = folder.resolve("merged/transformer").resolve(WEIGHTS);
        Files.delete(whole.resolveSibling(WEIGHTS + ".index.json"));
        try (SafeTensors file = SafeTensors.open(shards)) {
            for (String name : file.names()) {
                Tensor weight = file.find(name).orElseThrow();
                Matcher adapted = ADAPTED.matcher(name);
                weights.put(
                        name,
                        adapted.matches() ? merged(weight, adapted.group(1), factors) : weight);
            }
            SafeTensorsWriter.write(whole, weights, Map.of());
        }
        SafeTensorsWriter.write(folder.resolve("adapter.safetensors"), factors, Map.of());
        adapter = SafeTensors.open(folder.resolve("adapter.safetensors"));
        assertThat(mergedBytes).isPositive();
    }

    @AfterEach
    void close() {
        adapter.close();
        arena.close();
    }

    private Tensor merged(Tensor weight, String layer, Map<String, Tensor> factors) {
        int n = weight.size(0);
        int k = weight.size(1);
        float[] a = noise(RANK * k);
        float[] b = noise(n * RANK);
        factors.put("transformer." + layer + ".lora_A.weight", Tensor.of(arena, a, RANK, k));
        factors.put("transformer." + layer + ".lora_B.weight", Tensor.of(arena, b, n, RANK));
        float[] sum = weight.toFloats();
        for (int i = 0; i < sum.length; i++) {
            double product = 0;
            for (int r = 0; r < RANK; r++) {
                product += (double) b[i / k * RANK + r] * a[r * k + i % k];
            }
            sum[i] = (float) (sum[i] + STRENGTH * product);
        }
        mergedBytes += 4L * sum.length;
        return Tensor.of(arena, sum, n, k);
    }

    private float[] noise(int size) {
        float[] noise = new float[size];
        for (int i = 0; i < size; i++) {
            noise[i] = 0.3f * (float) random.nextGaussian();
        }
        return noise;
    }

    private VideoPipeline adapted(Backend backend) {
        ModelSpec spec =
                ModelSpec.of(folder.resolve("plain")).with(new LowRankAdapter(adapter, STRENGTH));
        return Pipelines.open(Checkpoint.open(spec), backend, DType.F32);
    }

    @Test
    void theVideoIsThatOfTheMergedWeights() {
        try (Backend cpu = Backends.open("cpu", note -> {});
                VideoPipeline plain = Pipelines.open(folder.resolve("plain"), cpu);
                VideoPipeline merged = Pipelines.open(folder.resolve("merged"), cpu);
                VideoPipeline adapted = adapted(cpu)) {
            long expected = TinyRun.hashOf(merged, 1);
            assertThat(TinyRun.hashOf(adapted, 1)).isEqualTo(expected);
            assertThat(TinyRun.hashOf(plain, 1)).isNotEqualTo(expected);
        }
    }

    @Test
    void mergedWeightsCountWhereOthersAreUsedInTheirFiles() {
        try (Backend cpu = Backends.open("cpu", note -> {});
                VideoPipeline adapted = adapted(cpu)) {
            Plan plan = adapted.plan(TinyRun.request(adapted, 1), Long.MAX_VALUE);
            assertThat(plan.stage(Stage.DENOISE).deviceWeightBytes()).isEqualTo(mergedBytes);
            assertThat(plan.stage(Stage.DENOISE).placement())
                    .isEqualTo("weights used in their files, but for computed ones");
            assertThat(plan.stage(Stage.DECODE).deviceWeightBytes()).isZero();
            assertThat(plan.stage(Stage.DECODE).placement())
                    .isEqualTo("weights used in their files");
        }
    }

    /** Each layer is merged again when it comes; within the memory that was planned. */
    @Test
    void streamedLayersAreMergedToo() {
        try (FarBackend far = new FarBackend(1L << 40);
                VideoPipeline adapted = adapted(far)) {
            Request request = TinyRun.request(adapted, 1);
            Plan plan = streaming(adapted.plan(request, Long.MAX_VALUE));
            try (Result result = adapted.generate(request, plan, StepListener.SILENT)) {
                assertThat(TinyRun.hash(result)).isEqualTo(TinyRun.hashOf(adapted, 1));
                assertThat(result.report().peakBytes()).isEqualTo(plan.peakBytes());
            }
            assertThat(far.memory().live()).isZero();
        }
    }

    /** The same plan, with all layers streamed. */
    static Plan streaming(Plan plan) {
        List<StagePlan> stages = new ArrayList<>();
        for (StagePlan stage : plan.stages()) {
            StageNeed need = stage.need();
            LayerStream all = LayerStream.of(need.layers(), need.layers().size());
            long bytes = need.otherBytes() + all.deviceBytes(need.layers());
            stages.add(new StagePlan(need, all, bytes));
        }
        return new Plan(
                plan.device(),
                plan.limitBytes(),
                stages,
                plan.tokens(),
                plan.resultBytes(),
                plan.skips());
    }
}

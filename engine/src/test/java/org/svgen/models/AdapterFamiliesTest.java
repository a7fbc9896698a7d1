package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.checkpoint.SafeTensorsWriter;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.Errors;
import org.svgen.testkit.Goldens;

/** Families that have no golden with adapters take adapters all the same. */
class AdapterFamiliesTest {
    private static final int RANK = 3;
    private static final double STRENGTH = 0.7;

    @TempDir Path folder;

    private Path adapter(String file, String layer, Tensor weight) {
        Random random = new Random(3);
        Tensor a = noise(random, RANK, weight.size(1));
        Tensor b = noise(random, weight.size(0), RANK);
        Path path = folder.resolve(file);
        SafeTensorsWriter.write(
                path, Map.of(layer + ".lora_A.weight", a, layer + ".lora_B.weight", b), Map.of());
        return path;
    }

    private static Tensor noise(Random random, int rows, int columns) {
        float[] noise = new float[rows * columns];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = 0.3f * (float) random.nextGaussian();
        }
        return Tensor.of(Arena.ofAuto(), noise, rows, columns);
    }

    private static float[] latents(ModelSpec spec) {
        try (Backend cpu = Backends.open("cpu", note -> {});
                VideoPipeline pipeline = Pipelines.open(Checkpoint.open(spec), cpu, DType.F32)) {
            // The last step of Cosmos' schedule changes nothing.
            Request request = TinyRun.request(pipeline, 1).toBuilder().steps(2).build();
            try (Result result = pipeline.generate(request, StepListener.SILENT)) {
                return result.latents().toFloats();
            }
        }
    }

    private static float[] adapted(String golden, Path adapter) {
        Adapters.Choice choice = new Adapters.Choice(adapter, STRENGTH, Adapters.Expert.ALL, false);
        return latents(Adapters.with(ModelSpec.of(Goldens.folder(golden)), List.of(choice)));
    }

    @ParameterizedTest
    @CsvSource({
        "hunyuanvideo15-t2v-tiny, transformer_blocks.0.attn.to_q, double_blocks.0.img_attn_q",
        "cosmos1-t2w-tiny, transformer_blocks.0.attn1.to_q, blocks.block0.blocks.0.block.attn.to_q.0"
    })
    void theNamesOfDiffusersAndOfTheMakersChangeTheSameWeights(
            String golden, String layer, String original) {
        Tensor weight = SingleFilesTest.weights(golden, "transformer").get(layer + ".weight");
        Path peft = adapter("peft.safetensors", "transformer." + layer, weight);
        Path makers = adapter("makers.safetensors", "diffusion_model." + original, weight);
        ModelSpec plain = ModelSpec.of(Goldens.folder(golden));
        float[] without = latents(plain);
        try (SafeTensors factors = SafeTensors.open(peft)) {
            float[] expected = latents(plain.with(new LowRankAdapter(factors, STRENGTH)));
            float[] found = adapted(golden, peft);
            assertThat(Errors.relative(found, expected)).isLessThan(1e-5);
            assertThat(Errors.relative(without, expected)).isGreaterThan(1e-3);
            assertThat(adapted(golden, makers)).isEqualTo(found);
        }
    }
}

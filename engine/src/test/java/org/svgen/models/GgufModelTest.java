package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.checkpoint.SafeTensorsWriter;
import org.svgen.checkpoint.gguf.Gguf;
import org.svgen.checkpoint.gguf.GgufWriter;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.Goldens;

/** A Wan whose transformer and text encoder are GGUF files. */
class GgufModelTest {
    private static final String GOLDEN = "wan22-ti2v-tiny";
    private static final int Q8_0 = 8;
    private static final int BF16 = 30;

    @TempDir Path folder;

    private static long hash(SingleFiles files) {
        ModelSpec spec = ModelSpec.of(Goldens.folder(GOLDEN)).with(files.parts());
        try (Backend cpu = Backends.open("cpu", note -> {});
                VideoPipeline pipeline = Pipelines.open(Checkpoint.open(spec), cpu, DType.F32)) {
            return TinyRun.hashOf(pipeline, 1);
        }
    }

    private static SingleFiles files(Path model, Path text) {
        return SingleFiles.of(
                new SingleFiles.Given(
                        model,
                        Optional.empty(),
                        Optional.empty(),
                        List.of(text),
                        Optional.empty()));
    }

    /** As in files for llama.cpp. */
    private static Map<String, Tensor> llamaCpp(Map<String, Tensor> weights) {
        return Renaming.renamed(
                weights,
                "encoder.block",
                "enc.blk",
                "encoder.final_layer_norm",
                "enc.output_norm",
                "shared",
                "token_embd",
                "layer.0.SelfAttention.relative_attention_bias",
                "attn_rel_b",
                "layer.0.SelfAttention.",
                "attn_",
                "layer.0.layer_norm",
                "attn_norm",
                "layer.1.layer_norm",
                "ffn_norm",
                "layer.1.DenseReluDense.wi_0",
                "ffn_gate",
                "layer.1.DenseReluDense.wi_1",
                "ffn_up",
                "layer.1.DenseReluDense.wo",
                "ffn_down");
    }

    private static byte[] bytes(Tensor tensor) {
        return tensor.host().toArray(ValueLayout.JAVA_BYTE);
    }

    private Path plain(String name, Map<String, Tensor> weights) {
        GgufWriter writer = new GgufWriter();
        weights.forEach((n, t) -> writer.tensor(n, BF16, bytes(t), t.shape().dims()));
        return writer.write(folder.resolve(name));
    }

    @Test
    void theVideoIsThatOfTheFolder() {
        Map<String, Tensor> model =
                WanVendorNames.wanTransformer(SingleFilesTest.weights(GOLDEN, "transformer"));
        Map<String, Tensor> text = llamaCpp(SingleFilesTest.weights(GOLDEN, "text_encoder"));
        SingleFiles files = files(plain("model.gguf", model), plain("text.gguf", text));
        assertThat(files.parts()).containsOnlyKeys("transformer", "text_encoder");
        assertThat(files.kind().what()).isEqualTo("Wan 2.2 TI2V 5B");
        assertThat(hash(files))
                .isEqualTo(hash(new SingleFiles(files.kind(), files.family(), Map.of())));
    }

    /** Blocks of 8 bits give what a file of the floats that they stand for gives. */
    @Test
    void quantisedWeightsAreTheNumbersThatTheyStandFor() {
        Random random = new Random(3);
        GgufWriter writer = new GgufWriter();
        Map<String, Tensor> model =
                WanVendorNames.wanTransformer(SingleFilesTest.weights(GOLDEN, "transformer"));
        model.forEach((name, tensor) -> {
            boolean matrix = tensor.shape().rank() == 2;
            if (!matrix) {
                writer.tensor(name, BF16, bytes(tensor), tensor.shape().dims());
                return;
            }
            byte[] blocks = new byte[(int) tensor.elements() / 32 * 34];
            random.nextBytes(blocks);
            for (int at = 0; at < blocks.length; at += 34) {
                blocks[at] = 0;
                blocks[at + 1] = 8; // 2^-13
            }
            writer.tensor(name, Q8_0, blocks, tensor.shape().dims());
        });
        Path quantised = writer.write(folder.resolve("model-Q8_0.gguf"));
        Map<String, Tensor> floats = new LinkedHashMap<>();
        try (Gguf gguf = Gguf.open(quantised)) {
            model.forEach((name, tensor) -> {
                float[] all = new float[(int) tensor.elements()];
                int rows = gguf.find(name).orElseThrow().rows();
                for (int row = 0; row < rows; row++) {
                    float[] some = gguf.find(name).orElseThrow().row(row);
                    System.arraycopy(some, 0, all, row * some.length, some.length);
                }
                floats.put(name, Tensor.of(Arena.ofAuto(), all, tensor.shape().dims()));
            });
        }
        Path plain = folder.resolve("model.safetensors");
        SafeTensorsWriter.write(plain, floats, Map.of());
        assertThat(hash(SingleFiles.of(SingleFiles.Given.of(quantised))))
                .isEqualTo(hash(SingleFiles.of(SingleFiles.Given.of(plain))));
    }
}

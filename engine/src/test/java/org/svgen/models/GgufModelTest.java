package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.checkpoint.SafeTensorsWriter;
import org.svgen.checkpoint.gguf.Gguf;
import org.svgen.checkpoint.gguf.GgufWriter;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.BadInputException;
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
        return hash(GOLDEN, files);
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

    private static final Map<String, String> LLAMA =
            Map.ofEntries(
                    Map.entry("embed_tokens", "token_embd"),
                    Map.entry("layers.", "blk."),
                    Map.entry("input_layernorm", "attn_norm"),
                    Map.entry("self_attn.q_proj", "attn_q"),
                    Map.entry("self_attn.k_proj", "attn_k"),
                    Map.entry("self_attn.v_proj", "attn_v"),
                    Map.entry("self_attn.o_proj", "attn_output"),
                    Map.entry("post_attention_layernorm", "ffn_norm"),
                    Map.entry("mlp.gate_proj", "ffn_gate"),
                    Map.entry("mlp.up_proj", "ffn_up"),
                    Map.entry("mlp.down_proj", "ffn_down"));

    private static String llamaCppName(String name) {
        String to = name.startsWith("model.") ? name.substring("model.".length()) : name;
        if (to.startsWith("norm.")) {
            return "output_" + to;
        }
        for (Map.Entry<String, String> pair : LLAMA.entrySet()) {
            to = to.replace(pair.getKey(), pair.getValue());
        }
        return to;
    }

    /**
     * As llama.cpp's converter permutes rows of queries and keys: of each head the two halves are
     * interleaved, so that what rotates together are neighbours.
     */
    private static Tensor permuted(Tensor tensor, int heads) {
        int half = tensor.size(0) / heads / 2;
        Tensor to = Tensor.zeros(Arena.ofAuto(), tensor.dtype(), tensor.shape().dims());
        for (int head = 0; head < heads; head++) {
            for (int i = 0; i < 2 * half; i++) {
                int from = head * 2 * half + i % 2 * half + i / 2;
                to.get(head * 2L * half + i).host().copyFrom(tensor.get(from).host());
            }
        }
        return to;
    }

    private static final String HUNYUAN = "hunyuanvideo-tiny";

    private GgufWriter llama(Config config, int told) {
        int heads = config.positive("num_attention_heads");
        int keyHeads = config.positive("num_key_value_heads", heads);
        GgufWriter writer =
                new GgufWriter()
                        .text("general.architecture", "llama")
                        .number("llama.block_count", config.positive("num_hidden_layers"))
                        .number("llama.attention.head_count", told)
                        .number("llama.attention.head_count_kv", keyHeads)
                        .tokenizer();
        SingleFilesTest.weights(HUNYUAN, "text_encoder")
                .forEach((name, tensor) -> {
                    Tensor stored =
                            name.contains("q_proj")
                                    ? permuted(tensor, heads)
                                    : name.contains("k_proj") ? permuted(tensor, keyHeads) : tensor;
                    int type = tensor.dtype() == DType.BF16 ? BF16 : 0;
                    writer.tensor(llamaCppName(name), type, bytes(stored), tensor.shape().dims());
                });
        return writer;
    }

    private static Config llamaConfig() {
        return Config.read(Goldens.folder(HUNYUAN).resolve("text_encoder/config.json"));
    }

    private SingleFiles withLlama(GgufWriter text) {
        Path model = folder.resolve("model.safetensors");
        SafeTensorsWriter.write(
                model,
                VendorNames.hunyuanTransformer(SingleFilesTest.weights(HUNYUAN, "transformer")),
                Map.of());
        return files(model, text.write(folder.resolve("llama.gguf")));
    }

    private static long hash(String golden, SingleFiles files) {
        ModelSpec spec = ModelSpec.of(Goldens.folder(golden)).with(files.parts());
        try (Backend cpu = Backends.open("cpu", note -> {});
                VideoPipeline pipeline = Pipelines.open(Checkpoint.open(spec), cpu, DType.F32)) {
            return TinyRun.hashOf(pipeline, 1);
        }
    }

    @Test
    void aLlamaOfLlamaCppGivesTheVideoOfTheFolder() {
        Config config = llamaConfig();
        SingleFiles files = withLlama(llama(config, config.positive("num_attention_heads")));
        assertThat(files.parts()).containsOnlyKeys("transformer", "text_encoder");
        SingleFiles folderAlone = new SingleFiles(files.kind(), files.family(), Map.of());
        assertThat(hash(HUNYUAN, files)).isEqualTo(hash(HUNYUAN, folderAlone));
    }

    /** No shape says how many heads there are. */
    @Test
    void aLlamaOfAnotherNumberOfHeadsIsRefused() {
        SingleFiles files = withLlama(llama(llamaConfig(), 77));
        assertThatThrownBy(() -> hash(HUNYUAN, files))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "%s: metadata llama.attention.head_count: expected %d, as %s has for num_attention_heads, found 77",
                        folder.resolve("llama.gguf"),
                        llamaConfig().positive("num_attention_heads"),
                        llamaConfig().file());
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

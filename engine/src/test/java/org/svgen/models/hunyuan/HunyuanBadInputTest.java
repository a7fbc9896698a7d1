package org.svgen.models.hunyuan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.models.Pipelines;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.Goldens;

/** Damaged models: one line that says what is wrong, before any work begins. */
class HunyuanBadInputTest {
    @TempDir Path folder;

    @BeforeEach
    void copyModel() throws IOException {
        Path from = Goldens.folder("hunyuanvideo-tiny");
        try (var files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = folder.resolve(from.relativize(file).toString());
                Files.createDirectories(to.resolveSibling("."));
                Files.copy(file, to);
            }
        }
    }

    @Test
    void namesAllFilesThatAreMissing() throws IOException {
        Files.delete(folder.resolve("tokenizer_2/merges.txt"));
        Files.delete(folder.resolve("vae/config.json"));
        Files.delete(
                folder.resolve("transformer/diffusion_pytorch_model-00002-of-00002.safetensors"));
        refused(
                "3 files are missing: ",
                "tokenizer_2/",
                "vae/config.json",
                "transformer/diffusion_pytorch_model-00002-of-00002.safetensors");
    }

    @Test
    void namesTheClassesItKnows() throws IOException {
        replace("model_index.json", "HunyuanVideoPipeline", "MochiPipeline");
        refused(
                "MochiPipeline",
                "CogVideoXPipeline",
                "CogVideoXImageToVideoPipeline",
                "HunyuanVideoPipeline");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    transformer/config.json | "num_attention_heads": 2 | "num_attention_heads": 3 | tensor "x_embedder.proj.weight": expected shape [48, 4, 1, 2, 2], found [32, 4, 1, 2, 2]
                    transformer/config.json | "num_single_layers": 2 | "num_single_layers": 3 | "single_transformer_blocks.2.norm.linear.weight" [96, 32] is missing
                    transformer/config.json | "image_condition_type": null | "image_condition_type": "token_replace" | "image_condition_type": expected null, for HunyuanVideoPipeline, found the text "token_replace"
                    transformer/config.json | "image_condition_type": null | "image_condition_type": "video" | "image_condition_type": expected null, token_replace or latent_concat
                    transformer/config.json | "image_condition_type": null | "image_condition_type": "latent_concat" | "in_channels": expected 9 for 4 out_channels with this image_condition_type, found 4
                    transformer/config.json | "rms_norm" | "layer_norm" | "qk_norm": expected "rms_norm"
                    transformer/config.json | "patch_size_t": 1 | "patch_size_t": 2 | "patch_size_t": expected 1, found 2
                    transformer/config.json | "guidance_embeds": true | "guidance_embeds": 1 | "guidance_embeds": expected true or false
                    vae/config.json | "layers_per_block": 1 | "layers_per_block": 2 | "decoder.up_blocks.0.resnets.2.norm1.weight" [8] is missing
                    vae/config.json | "temporal_compression_ratio": 4 | "temporal_compression_ratio": 8 | "temporal_compression_ratio": expected 4
                    scheduler/scheduler_config.json | "use_dynamic_shifting": false | "use_dynamic_shifting": 1 | "use_dynamic_shifting": expected true or false
                    text_encoder/config.json | "rope_type": "default" | "rope_type": "yarn" | "rope_type": expected "default"
                    text_encoder/config.json | "num_hidden_layers": 4 | "num_hidden_layers": 2 | expected more than 2 layers, found 2
                    text_encoder/config.json | "num_key_value_heads": 2 | "num_key_value_heads": 3 | "num_key_value_heads": expected a divisor
                    text_encoder_2/config.json | "quick_gelu" | "tanh" | "hidden_act": expected quick_gelu, gelu or gelu_pytorch_tanh, found the text "tanh"
                    """)
    void namesWhatDoesNotFit(String file, String part, String by, String message)
            throws IOException {
        replace(file, part, by);
        refused(message);
    }

    private void replace(String file, String part, String by) throws IOException {
        Path path = folder.resolve(file);
        String text = Files.readString(path);
        assertThat(text).contains(part);
        Files.writeString(path, text.replace(part, by));
    }

    private void refused(String... parts) {
        try (Backend backend = Backends.open("cpu", note -> {})) {
            assertThatThrownBy(() -> Pipelines.open(folder, backend))
                    .isInstanceOf(BadInputException.class)
                    .message()
                    .hasLineCount(1)
                    .contains(parts);
        }
    }
}

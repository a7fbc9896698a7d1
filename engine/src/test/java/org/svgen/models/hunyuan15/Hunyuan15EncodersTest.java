package org.svgen.models.hunyuan15;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.WeightCount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Sampling;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoSize;
import org.svgen.tensor.BadInputException;
import org.svgen.testkit.Goldens;
import org.svgen.text.Tokenizer;
import org.svgen.text.Tokenizers;

/** What encoders are refused for, in one line each, and what is said of long prompts. */
class Hunyuan15EncodersTest {
    private static final Defaults DEFAULTS =
            Defaults.of(new VideoSize(64, 64, 5, 24), Sampling.of(4, 6), AttentionSettings.DEFAULT);

    @TempDir Path folder;

    @BeforeEach
    void copyModel() throws IOException {
        Path from = Goldens.folder("hunyuanvideo15-i2v-tiny");
        try (var files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = folder.resolve(from.relativize(file).toString());
                Files.createDirectories(to.resolveSibling("."));
                Files.copy(file, to);
            }
        }
    }

    @Test
    void theGoldenModelsPartsFit() {
        load();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    text_encoder/config.json | "num_key_value_heads": 2 | "num_key_value_heads": 4 | "layers.0.self_attn.k_proj.weight": expected shape [32, 32], found [16, 32]
                    text_encoder/config.json | "num_hidden_layers": 4 | "num_hidden_layers": 2 | expected more than 2 layers, found 2
                    text_encoder/config.json | "rope_type": "default" | "rope_type": "yarn" | "rope_type": expected "default"
                    text_encoder/config.json | "vocab_size": 644 | "vocab_size": 645 | "embed_tokens.weight": expected shape [645, 32], found [644, 32]
                    text_encoder_2/config.json | "d_ff": 64 | "d_ff": 65 | expected shape [65, 32], found [64, 32]
                    image_encoder/config.json | "num_hidden_layers": 2 | "num_hidden_layers": 3 | "encoder.layers.2.layer_norm1.weight" [24] is missing
                    image_encoder/config.json | "hidden_size": 24 | "hidden_size": 26 | image_embed_dim is 24, the width of image_encoder 26: they do not belong together
                    feature_extractor/preprocessor_config.json | "height": 28 | "height": 32 | "size": expected the image encoder's image_size, 28 x 28
                    model_index.json | "Qwen2_5_VLTextModel" | "LlamaModel" | Qwen2_5_VLTextModel
                    """)
    void namesWhatDoesNotFit(String file, String part, String by, String message)
            throws IOException {
        Path path = folder.resolve(file);
        String text = Files.readString(path);
        assertThat(text).contains(part);
        Files.writeString(path, text.replace(part, by));
        assertThatThrownBy(this::load)
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("\n");
    }

    @Test
    void textOfOtherWidthsThanTheTransformersIsRefused() {
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            Hunyuan15TextEncoders encoders =
                    Hunyuan15TextEncoders.load(checkpoint, new WeightCount());
            encoders.require(checkpoint, 32, 32);
            assertThatThrownBy(() -> encoders.require(checkpoint, 3584, 32))
                    .hasMessageContaining("text_embed_dim is 3584, the width of text_encoder 32");
            assertThatThrownBy(() -> encoders.require(checkpoint, 32, 1472))
                    .hasMessageContaining("text_embed_2_dim is 1472, the width of text_encoder_2");
        }
    }

    @Test
    void whatIsCutOffIsSaid() {
        List<String> notes = new ArrayList<>();
        StepListener listener =
                new StepListener() {
                    @Override
                    public void note(String note) {
                        notes.add(note);
                    }
                };
        Request request =
                Request.builder(DEFAULTS)
                        .prompt("\"" + "x".repeat(300) + "\"")
                        .negativePrompt("x".repeat(1200))
                        .build();
        try (Checkpoint checkpoint = Checkpoint.open(folder);
                Tokenizer qwen = Tokenizers.open(checkpoint, "tokenizer");
                Tokenizer bytes = Tokenizers.open(checkpoint, "tokenizer_2")) {
            Hunyuan15Prompt both = Hunyuan15Prompt.of(request, true, qwen, bytes, listener);
            assertThat(notes)
                    .containsExactly(
                            "the negative prompt is too long for this model: its last 205 of 1205 tokens were cut",
                            "quoted text in the prompt is too long for this model: its last 54 of 310 tokens were cut");
            assertThat(both.cut()).isEqualTo(205 + 54);
            assertThat(both.branches().getFirst().textRows()).isEqualTo(1000);
            assertThat(both.branches().getLast().glyphRows()).isEqualTo(256);
            Hunyuan15Prompt alone = Hunyuan15Prompt.of(request, false, qwen, bytes, listener);
            assertThat(alone.branches()).hasSize(1);
        }
    }

    private void load() {
        try (Checkpoint checkpoint = Checkpoint.open(folder)) {
            WeightCount counted = new WeightCount();
            Hunyuan15TextEncoders.load(checkpoint, counted);
            Hunyuan15Sight.open(checkpoint, 24).encoder(checkpoint, counted);
        }
    }
}

package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.TestDevice;

/** Damaged CogVideoX models: one line that says in which file what is wrong. */
class BadModelTest {
    @TempDir Path folder;

    @BeforeEach
    void copyModel() throws IOException {
        ModelCopy.to(folder, "demo");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    svgen.json | "width": 160 | "width": 100 | "width" 100: expected a multiple of 8; the nearest are 96 and 104
                    svgen.json | "frames": 33 | "frames": 32 | "frames" 32: this model makes 1 + a multiple of 8 frames; the nearest are 25 and 33
                    svgen.json | "steps": 50 | "steps": 5000 | "steps": expected 1 to 1000, found 5000
                    svgen.json | "density": 0.25 | "density": 7 | "density": expected a number in (0, 1], found 7
                    svgen.json | "sampled_rows": 32 | "head_tolerance": -1 | "head_tolerance": expected a number of at least 0, or Infinity, found -1
                    svgen.json | "fps": 16 | "fps": 16; | malformed JSON in line 15, column 12: Unexpected character ';': was expecting comma to separate Object entries
                    """)
    void aWrongRecommendationIsToldByItsFile(String file, String part, String by, String message)
            throws IOException {
        ModelCopy.replace(folder.resolve(file), part, by);
        refused(folder.resolve(file) + ": " + message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    "vae" | "vae_of_another" | "vae": expected a class of AutoencoderKLCogVideoX, found nothing
                    CogVideoXDDIMScheduler | PNDMScheduler | "scheduler": expected a class of CogVideoXDDIMScheduler, CogVideoXDPMScheduler, FlowMatchEulerDiscreteScheduler, FlowMatchLCMScheduler, UniPCMultistepScheduler, found "PNDMScheduler"
                    T5EncoderModel | BertModel | "text_encoder": expected a class of T5EncoderModel, T5ForConditionalGeneration, UMT5EncoderModel, UMT5ForConditionalGeneration, found "BertModel"
                    """)
    void anIndexWithoutAPartOrWithAnUnknownClassIsRefusedWithThoseKnown(
            String part, String by, String message) throws IOException {
        Path index = folder.resolve("model_index.json");
        ModelCopy.replace(index, part, by);
        if (part.contains("vae")) {
            Files.move(folder.resolve("vae"), folder.resolve("vae_of_another"));
        }
        refused(index + ": " + message);
    }

    @Test
    void moreBlocksThanTheConfigSaysAreCounted() throws IOException {
        ModelCopy.replace(
                folder.resolve("transformer/config.json"),
                "\"num_layers\": 8",
                "\"num_layers\": 7");
        refused(
                folder.resolve("transformer/diffusion_pytorch_model.safetensors")
                        + ": transformer_blocks: expected 7 blocks, as the config says, found 8");
    }

    @Test
    void blocksOfAnotherTypeAreShown() throws IOException {
        Path config = folder.resolve("vae/config.json");
        ModelCopy.replace(config, "CogVideoXUpBlock3D", "UpBlock");
        refused(
                config
                        + ": \"up_block_types\": expected 3 times \"CogVideoXUpBlock3D\", found the list [\"UpBlock\",\"UpBlock\",\"UpBlock\"]");
    }

    @Test
    void aMissingVocabularyIsNamedAsItsTokenizerNeedsIt() throws IOException {
        Files.delete(folder.resolve("tokenizer/spiece.model"));
        refused(folder + ": 1 file is missing: tokenizer/spiece.model");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    transformer/config.json | "text_embed_dim": 128 | "text_embed_dim": -1 | "text_embed_dim": expected a whole number from 1 to 1048576, found -1
                    transformer/config.json | "temporal_compression_ratio": 4 | "temporal_compression_ratio": 0 | "temporal_compression_ratio": expected a whole number from 1 to 32, found 0
                    transformer/config.json | "num_attention_heads": 3 | "num_attention_heads": 1000000 | "num_attention_heads": expected at most 16384 heads of dimension 64, found 1000000
                    transformer/config.json | "norm_eps": 1e-05 | "norm_eps": -1 | "norm_eps": expected a number from 0 to 1, found -1
                    vae/config.json | "scaling_factor": 1.16497 | "scaling_factor": -1 | "scaling_factor": expected a number from 1.0E-6 to 1000000, found -1
                    scheduler/scheduler_config.json | "num_train_timesteps": 1000 | "num_train_timesteps": 2147483647 | "num_train_timesteps": expected a whole number from 1 to 1000000, found 2147483647
                    scheduler/scheduler_config.json | "snr_shift_scale": 3.0 | "snr_shift_scale": -1 | "snr_shift_scale": expected a number from 1.0E-6 to 1000000, found -1
                    """)
    void aNumberOutOfItsRangeIsTold(String file, String part, String by, String message)
            throws IOException {
        ModelCopy.replace(folder.resolve(file), part, by);
        refused(folder.resolve(file) + ": " + message);
    }

    @ParameterizedTest
    @CsvSource({
        "text_embed_dim, 128, 64, text_encoder",
        "out_channels, 8, 4, vae",
        "in_channels, 8, 16, vae",
        "temporal_compression_ratio, 4, 2, vae"
    })
    void partsOfDifferentWidthsAreRefused(String key, int fits, int by, String component)
            throws IOException {
        Path config = folder.resolve("transformer/config.json");
        ModelCopy.replace(
                config, "\"%s\": %d".formatted(key, fits), "\"%s\": %d".formatted(key, by));
        try (Backend backend = TestDevice.open()) {
            assertThatThrownBy(() ->
                            Pipelines.open(
                                    Checkpoint.open(ModelSpec.synthetic(folder)),
                                    backend,
                                    DType.F32))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(
                            "%s: \"%s\": expected %d, as the %s has it, found %d: they do not belong together"
                                    .formatted(config, key, fits, component, by));
        }
    }

    private void refused(String message) {
        try (Backend backend = TestDevice.open()) {
            assertThatThrownBy(() -> Pipelines.open(folder, backend))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(message);
        }
    }
}

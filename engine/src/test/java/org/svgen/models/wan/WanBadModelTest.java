package org.svgen.models.wan;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.models.ModelCopy;
import org.svgen.models.Pipelines;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;

/** Parts that are missing or not made for each other: one line that says which. */
class WanBadModelTest {
    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    wan22-t2v-tiny | model_index.json | 0.875 | 1.5 | model_index.json: "boundary_ratio": expected a number from 0 to 1, found 1.5
                    wan22-t2v-tiny | model_index.json | 0.875 | null | model_index.json: "boundary_ratio": expected a number from 0 to 1, since there is a transformer_2, found nothing
                    wan-t2v-tiny | model_index.json | "transformer_2" | "boundary_ratio": 0.9, "transformer_2" | model_index.json: "transformer_2": expected the transformer for noise below boundary_ratio, found the list [null,null]
                    wan22-ti2v-tiny | model_index.json | "expand_timesteps": true | "expand_timesteps": 1 | model_index.json: "expand_timesteps": expected true or false, found 1
                    wan-i2v-tiny | model_index.json | "image_encoder" | "image_encoder_of_another" | model_index.json: "image_encoder": expected a class of CLIPVisionModel, CLIPVisionModelWithProjection, found nothing
                    wan-i2v-tiny | model_index.json | "image_processor" | "image_processor_of_another" | model_index.json: "image_processor": expected a class of CLIPImageProcessor, CLIPImageProcessorFast, CLIPFeatureExtractor, found nothing
                    wan-i2v-tiny | model_index.json | WanImageToVideoPipeline | WanPipeline | transformer/config.json: "in_channels": expected 16, as the vae has it, found 36: they do not belong together
                    wan-t2v-tiny | model_index.json | WanPipeline | WanImageToVideoPipeline | transformer/config.json: "in_channels": expected 36, as the vae has it, found 16: they do not belong together
                    wan22-t2v-tiny | transformer/config.json | "text_dim": 32 | "text_dim": 64 | transformer/config.json: "text_dim": expected 32, as the text_encoder has it, found 64: they do not belong together
                    wan22-t2v-tiny | transformer/config.json | "out_channels": 16 | "out_channels": 8 | transformer/config.json: "out_channels": expected 16, as the vae has it, found 8: they do not belong together
                    wan22-t2v-tiny | transformer/config.json | "patch_size": [ | "patch_size": [2, 2, 2], "was": [ | transformer/config.json: "patch_size": expected 1 in time, since the first frame stands apart, found the list [2,2,2]
                    wan22-t2v-tiny | transformer_2/config.json | "num_layers": 1 | "num_layers": 2 | transformer_2/config.json: "num_layers": expected 1, as the transformer has it, found 2: they do not belong together
                    wan22-t2v-tiny | transformer_2/config.json | "rope_max_seq_len": 1024 | "rope_max_seq_len": 512 | transformer_2/config.json: "rope_max_seq_len": expected 1024, as the transformer has it, found 512: they do not belong together
                    wan-flf2v-tiny | transformer/config.json | "pos_embed_seq_len": 34 | "pos_embed_seq_len": 17 | transformer/config.json: "pos_embed_seq_len": expected 34, as the image_encoder has it, found 17: they do not belong together
                    wan-i2v-tiny | transformer/config.json | "image_dim": 32 | "image_dim": 64 | transformer/config.json: "image_dim": expected 32, as the image_encoder has it, found 64: they do not belong together
                    """)
    void whatDoesNotBelongTogetherIsNamedByFileAndKey(
            String model, String file, String part, String by, String message) throws IOException {
        ModelCopy.to(folder, model);
        ModelCopy.replace(folder.resolve(file), part, by);
        try (Backend backend = Backends.open("cpu", note -> {})) {
            assertThatThrownBy(() -> Pipelines.open(synthetic(), backend, DType.F32).close())
                    .isInstanceOf(BadInputException.class)
                    .hasMessage(folder + "/" + message);
        }
    }

    /** Weights of the shapes that the configurations say. */
    private Checkpoint synthetic() {
        return Checkpoint.open(ModelSpec.synthetic(folder));
    }

    @Test
    void aSecondExpertThatIsNotThereIsMissing() throws IOException {
        ModelCopy.to(folder, "wan22-t2v-tiny");
        try (Stream<Path> files = Files.list(folder.resolve("transformer_2"))) {
            for (Path file : List.copyOf(files.toList())) {
                Files.delete(file);
            }
        }
        refused(
                "2 files are missing: transformer_2/config.json,"
                        + " transformer_2/diffusion_pytorch_model.safetensors");
    }

    @Test
    void aWeightOfTheSecondExpertThatHasAnotherShapeIsFoundBeforeTheRun() throws IOException {
        ModelCopy.to(folder, "wan22-t2v-tiny");
        for (String expert : List.of("transformer", "transformer_2")) {
            Path config = folder.resolve(expert + "/config.json");
            ModelCopy.replace(config, "\"ffn_dim\": 128", "\"ffn_dim\": 64");
        }
        refused("transformer/diffusion_pytorch_model.safetensors", "expected shape [64, 64]");
        ModelCopy.replace(
                folder.resolve("transformer/config.json"), "\"ffn_dim\": 64", "\"ffn_dim\": 128");
        refused("transformer_2/diffusion_pytorch_model.safetensors", "expected shape [64, 64]");
    }

    private void refused(String... parts) {
        try (Backend backend = Backends.open("cpu", note -> {})) {
            assertThatThrownBy(() -> Pipelines.open(folder, backend).close())
                    .isInstanceOf(BadInputException.class)
                    .message()
                    .hasLineCount(1)
                    .contains(parts);
        }
    }
}

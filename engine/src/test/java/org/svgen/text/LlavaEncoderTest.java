package org.svgen.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.DryRun;
import org.svgen.tensor.device.Workspace;
import org.svgen.testkit.Errors;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;

class LlavaEncoderTest {
    private static final String MODEL = "hunyuanvideo-i2v-tiny";
    private static final int IMAGE = 5;
    private static final int CROP = 678; // of the question, the picture's tokens among it
    private static final int CLOSING = 4;

    private static final String GOOD =
            """
            {"architectures": ["LlavaForConditionalGeneration"], "image_token_index": 128257,
             "text_config": {"intermediate_size": 14336, "num_key_value_heads": 8,
              "rms_norm_eps": 1e-05, "rope_theta": 500000.0, "vocab_size": 128320},
             "vision_config": {"hidden_size": 1024, "image_size": 336, "intermediate_size": 4096,
              "num_attention_heads": 16, "num_hidden_layers": 24, "patch_size": 14}}
            """;

    private final Map<String, GoldenTensor> golden =
            Goldens.tensors(MODEL, "golden/text_encoder.safetensors");

    @Test
    void picturesAndTextsBecomeTheEmbeddingsOfTransformers() {
        int used = (int) Arrays.stream(golden.get("attention_mask").longs()).sum();
        int[] ids =
                Arrays.stream(golden.get("input_ids").longs())
                        .limit(used)
                        .mapToInt(Math::toIntExact)
                        .toArray();
        try (Backend backend = TestDevice.open();
                Checkpoint checkpoint = Checkpoint.open(Goldens.folder(MODEL));
                Arena arena = Arena.ofShared()) {
            LlavaConfig config = LlavaConfig.read(checkpoint.config("text_encoder"));
            LlavaEncoder encoder =
                    LlavaEncoder.load(
                            config,
                            checkpoint.weights(
                                    "text_encoder", WeightMemory.resident(backend), DType.F32),
                            2);
            int count = config.imageTokens();
            int width = config.text().width();
            int side = config.vision().imageSize();
            Tensor given = Tensor.of(arena, golden.get("pixel_values").floats(), 3, side, side);
            Tensor pixels = TestDevice.on(backend, given);
            Tensor seen = backend.upload(Tensor.zeros(arena, DType.F32, count, width));
            Tensor out = backend.upload(Tensor.zeros(arena, DType.F32, used, width));
            long bytes =
                    DryRun.workspaceBytes(
                            w -> encoder.encode(w, ids, pixels, IMAGE, DType.F32, out));
            try (Workspace ws = new Workspace(backend, bytes)) {
                encoder.see(ws, pixels, seen);
                encoder.encode(ws, ids, pixels, IMAGE, DType.F32, out);
                assertThat(ws.highWater()).isEqualTo(bytes);
            }
            assertThat(
                            Errors.relative(
                                    TestDevice.host(backend, seen).toFloats(),
                                    golden.get("projector").floats()))
                    .isLessThan(1e-5);
            requireEmbeds(TestDevice.host(backend, out).toFloats(), used, width);
        }
    }

    /** Every fourth token of the picture, then the prompt without what closes it. */
    private void requireEmbeds(float[] all, int used, int width) {
        int[] rows =
                IntStream.concat(
                                IntStream.range(0, 144).map(i -> IMAGE + 4 * i),
                                IntStream.range(CROP, used)
                                        .filter(i -> i < used - 1 - CLOSING || i == used - 1))
                        .toArray();
        float[] actual = new float[rows.length * width];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(all, rows[i] * width, actual, i * width, width);
        }
        float[] expected = golden.get("prompt_embeds").floats();
        assertThat(Errors.relative(actual, Arrays.copyOf(expected, actual.length)))
                .isLessThan(1e-4);
    }

    @Test
    void whatIsUsualForLlamaAndClipNeedNotBeSaid() {
        LlavaConfig config = read(GOOD);
        assertThat(config.imageTokens()).isEqualTo(576);
        assertThat(config.text().width()).isEqualTo(4096);
        assertThat(config.text().layers()).isEqualTo(32);
        assertThat(config.text().headDim()).isEqualTo(128);
        assertThat(config.vision().shape().layers()).isEqualTo(24);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    Llava | Other | unknown class
                    "text_config" | "x" | "text_config": expected an object, found nothing
                    "vision_config" | "x" | "vision_config": expected an object, found nothing
                    "image_token_index": 128257 | "image_token_index": 128320 | "image_token_index"
                    "image_token_index" | "vision_feature_layer": -1, "image_token_index" | "vision_feature_layer"
                    "image_token_index" | "vision_feature_select_strategy": "full", "image_token_index" | expected "default"
                    "image_token_index" | "projector_hidden_act": "relu", "image_token_index" | expected "gelu"
                    "num_key_value_heads": 8 | "num_key_value_heads": 5 | "num_key_value_heads": expected a divisor
                    """)
    void whatItCannotBuildIsRefused(String part, String by, String reason) {
        assertThat(GOOD).contains(part);
        assertThatThrownBy(() -> read(GOOD.replace(part, by)))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("config.json: ")
                .hasMessageContaining(reason)
                .hasMessageNotContaining("\n");
    }

    private static LlavaConfig read(String json) {
        return LlavaConfig.read(
                Config.parse(Path.of("config.json"), json.getBytes(StandardCharsets.UTF_8)));
    }
}

package org.svgen.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.testkit.Goldens;

class EncodeBenchCommandTest {
    private static final String ENCODE = "encode --synthetic-weights --device cpu --rounds 1 ";

    private final Bench bench = new Bench();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    cogvideox-t2v-tiny | T5EncoderModel in f32, 2 prompts of 226 tokens
                    hunyuanvideo-tiny  | LlamaModel in f32, 1 prompt of 351 tokens
                    hunyuanvideo-tiny  | CLIPTextModel in f32, 1 prompt of 77 tokens
                    wan-t2v-tiny       | UMT5EncoderModel in f32, 2 prompts of 512 tokens
                    wan-i2v-tiny       | CLIPVisionModel in f32, 1 picture of 17 tokens
                    hunyuanvideo15-i2v-tiny | Qwen2_5_VLTextModel in f32, 2 prompts of 1108 tokens
                    hunyuanvideo-i2v-tiny | LlavaForConditionalGeneration in f32, 1 prompt of 934 tokens
                    hunyuanvideo15-i2v-tiny | SiglipVisionModel in f32, 1 picture of 16 tokens
                    """)
    void measuresWhatAModelEncodesForAVideo(String model, String line) {
        assertThat(bench.run(ENCODE + "--config", Goldens.folder(model)))
                .as(bench.printed())
                .isZero();
        assertThat(bench.printed()).contains(line + ": ").contains("peak memory");
        assertThat(bench.printed()).containsPattern("  (linear|matmul) ");
        assertThat(bench.notes()).anyMatch(note -> note.contains(", round 1: "));
    }

    @Test
    void takesPromptsOfSomeTokensAndAnEncodersOwnConfig() {
        String words = ENCODE + "--tokens 9 --config";
        assertThat(bench.run(words, Bench.config("wan-t2v-tiny", "text_encoder"))).isZero();
        assertThat(bench.printed()).contains("2 prompts of 9 tokens: ");
    }

    @Test
    void clipTakesNoMoreTokensThanItKnowsPlacesFor() {
        String words = ENCODE + "--tokens 200 --config";
        assertThat(bench.run(words, Bench.config("hunyuanvideo-tiny", "text_encoder_2"))).isZero();
        assertThat(bench.printed()).contains("1 prompt of 77 tokens: ");
    }

    @Test
    void refusesWhatItCannotMeasure() {
        assertThat(bench.run(ENCODE + "--config", Bench.config("wan-t2v-tiny", "vae")))
                .isEqualTo(2);
        assertThat(bench.printed())
                .contains("unknown class \"AutoencoderKLWan\"")
                .contains("T5EncoderModel");
        assertThat(bench.run(ENCODE + "--config nothing")).isEqualTo(2);
        assertThat(bench.printed())
                .contains("--config: expected one of")
                .contains("an encoder's config.json, found 'nothing'");
        assertThat(bench.run(ENCODE + "--tokens 0 --config wan2.1-14b")).isEqualTo(2);
        assertThat(bench.printed()).contains("--tokens 0: expected 1 to 4096");
        String words = ENCODE + "--tokens 9 --config";
        assertThat(bench.run(words, Bench.config("wan-i2v-tiny", "image_encoder"))).isEqualTo(2);
        assertThat(bench.printed()).contains("--tokens: ").contains("pictures alone");
    }
}

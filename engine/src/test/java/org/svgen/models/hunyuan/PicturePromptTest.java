package org.svgen.models.hunyuan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.tensor.BadInputException;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;
import org.svgen.text.Tokenizer;
import org.svgen.text.Tokenizers;
import org.svgen.text.Tokens;
import tools.jackson.databind.JsonNode;

/** Which tokens stand for a prompt and a picture, and which of them are seen, as in diffusers. */
class PicturePromptTest {
    private static final String TINY = "hunyuanvideo-i2v-tiny";
    private static final int IMAGE = 6;
    private static final int COUNT = 576;

    @Test
    void tokensOfTheTemplateAreThoseOfTransformers() {
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(TINY));
                Tokenizer llama = Tokenizers.open(checkpoint, "tokenizer")) {
            for (JsonNode entry : Goldens.json(TINY, "golden/tokens.json")) {
                String prompt = entry.get("prompt").asString();
                Tokens tokens =
                        llama.encode(PicturePrompt.template(prompt), PicturePrompt.MAX_TOKENS);
                assertThat(tokens.ids()).as(prompt).isEqualTo(ints(entry.get("llama_ids")));
                assertThat(tokens.used())
                        .as(prompt)
                        .isEqualTo(Arrays.stream(ints(entry.get("llama_mask"))).sum());
            }
        }
    }

    @Test
    void thePictureTakesAsManyTokensAsItHas() {
        String prompt = Goldens.json(TINY, "golden/pipeline.json").get("prompt").asString();
        Map<String, GoldenTensor> golden = Goldens.tensors(TINY, "golden/text_encoder.safetensors");
        PicturePrompt made = of(prompt, 4);
        assertThat(Arrays.stream(made.ids()).asLongStream().toArray())
                .isEqualTo(Arrays.copyOf(golden.get("input_ids").longs(), made.ids().length));
        assertThat(made.ids())
                .hasSize((int) Arrays.stream(golden.get("attention_mask").longs()).sum());
        assertThat(made.rows())
                .hasSize((int) Arrays.stream(golden.get("prompt_mask").longs()).sum());
        assertThat(of(prompt, 2).rows()).hasSize(made.rows().length + 144);
    }

    @Test
    void whatClosesThePromptIsLeftOut() {
        int last = 103 + 575;
        assertThat(of("", 576).rows()).containsExactly(5, last + 4);
        // Cut off: diffusers takes the last four tokens for what closes it.
        int[] rows = of("x".repeat(400), 576).rows();
        assertThat(rows).hasSize(1 + 252).endsWith(last + 251);
    }

    @Test
    void aPromptWithThePicturesTokenIsRefused() {
        assertThatThrownBy(() -> of("a <image> b", 4))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("prompt: expected a text without <image>")
                .hasMessageNotContaining("\n");
    }

    @Test
    void aTokenizerWithOtherTokensIsRefused() {
        Tokens other = new Tokens(IntStream.range(0, 359).toArray(), 200, 0);
        assertThatThrownBy(() -> PicturePrompt.of(other, 7, COUNT, 4))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("found 200 and number 7: the tokenizer does not belong");
        assertThatThrownBy(() -> PicturePrompt.of(other, 1000, COUNT, 4))
                .hasMessageContaining("found 200 and none");
    }

    private static PicturePrompt of(String prompt, int stride) {
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(TINY));
                Tokenizer llama = Tokenizers.open(checkpoint, "tokenizer")) {
            Tokens text = llama.encode(PicturePrompt.template(prompt), PicturePrompt.MAX_TOKENS);
            return PicturePrompt.of(text, IMAGE, COUNT, stride);
        }
    }

    private static int[] ints(JsonNode array) {
        return array.valueStream().mapToInt(JsonNode::asInt).toArray();
    }
}

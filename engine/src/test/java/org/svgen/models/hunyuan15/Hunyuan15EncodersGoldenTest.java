package org.svgen.models.hunyuan15;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.models.hunyuan15.Hunyuan15Prompt.Branch;
import org.svgen.models.hunyuan15.Hunyuan15TextEncoders.Embeds;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Sampling;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoSize;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.DryRun;
import org.svgen.tensor.device.Workspace;
import org.svgen.testkit.Errors;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.TestDevice;
import org.svgen.text.Tokenizer;
import org.svgen.text.Tokenizers;
import org.svgen.text.Tokens;
import tools.jackson.databind.JsonNode;

/** From prompts to tokens and embeddings, against transformers and diffusers. */
class Hunyuan15EncodersGoldenTest {
    private static final String TINY = "hunyuanvideo15-t2v-tiny";
    private static final double TOLERANCE = 1e-4;
    private static final Defaults DEFAULTS =
            Defaults.of(new VideoSize(64, 64, 5, 24), Sampling.of(4, 6), AttentionSettings.DEFAULT);

    @Test
    void tokensOfTheTemplateAndOfQuotedTextAreThoseOfTransformers() {
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(TINY));
                Tokenizer qwen = Tokenizers.open(checkpoint, "tokenizer");
                Tokenizer bytes = Tokenizers.open(checkpoint, "tokenizer_2")) {
            for (JsonNode entry : Goldens.json(TINY, "golden/tokens.json")) {
                String prompt = entry.get("prompt").asString();
                int most = entry.get("padded_to").asInt();
                Tokens tokens = qwen.encode(Hunyuan15Template.of(prompt), most);
                assertThat(Arrays.copyOf(tokens.ids(), tokens.used()))
                        .as(prompt)
                        .isEqualTo(ints(entry.get("ids")));
                assertThat(Hunyuan15Glyphs.of(prompt))
                        .as(prompt)
                        .isEqualTo(entry.get("glyph_text").asStringOpt());
                Hunyuan15Glyphs.of(prompt)
                        .ifPresent(quoted ->
                                assertThat(bytes.encode(quoted, Hunyuan15Glyphs.TOKENS).ids())
                                        .as(prompt)
                                        .isEqualTo(ints(entry.get("byt5_ids"))));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {TINY, "hunyuanvideo15-i2v-tiny"})
    void embeddingsOfAPromptAndOfWhatItQuotesAreThoseOfThePipeline(String model) {
        Map<String, GoldenTensor> golden =
                Goldens.tensors(model, "golden/text_encoder.safetensors");
        JsonNode run = Goldens.json(model, "golden/pipeline.json");
        Request request =
                Request.builder(DEFAULTS)
                        .prompt(run.get("prompt").asString())
                        .negativePrompt(run.get("negative_prompt").asString())
                        .build();
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(model));
                Tokenizer qwen = Tokenizers.open(checkpoint, "tokenizer");
                Tokenizer bytes = Tokenizers.open(checkpoint, "tokenizer_2");
                Backend backend = TestDevice.open();
                Arena arena = Arena.ofShared()) {
            Hunyuan15Prompt prompt =
                    Hunyuan15Prompt.of(request, true, qwen, bytes, new StepListener() {});
            assertThat(prompt.branches()).hasSize(2);
            Hunyuan15TextEncoders encoders =
                    Hunyuan15TextEncoders.load(checkpoint, WeightMemory.resident(backend));
            List<Embeds> made = new ArrayList<>();
            for (Branch branch : prompt.branches()) {
                long memory =
                        DryRun.workspaceBytes(
                                ws -> Hunyuan15Encoding.embeds(encoders, ws, arena, branch));
                try (Workspace ws = new Workspace(backend, memory)) {
                    made.add(Hunyuan15Encoding.embeds(encoders, ws, arena, branch));
                    assertThat(ws.highWater()).isEqualTo(memory);
                }
            }
            assertClose(made.getFirst().text().toFloats(), golden, "negative_prompt_embeds");
            assertThat(made.getFirst().glyphs()).isEmpty();
            assertClose(made.getLast().text().toFloats(), golden, "prompt_embeds");
            assertClose(
                    made.getLast().glyphs().orElseThrow().toFloats(), golden, "prompt_embeds_2");
        }
    }

    private static void assertClose(
            float[] actual, Map<String, GoldenTensor> golden, String expected) {
        float[] values = Objects.requireNonNull(golden.get(expected)).floats();
        assertThat(Errors.relative(actual, values)).as(expected).isLessThan(TOLERANCE);
    }

    private static int[] ints(JsonNode array) {
        return array.valueStream().mapToInt(JsonNode::asInt).toArray();
    }
}

package org.svgen.models.hunyuan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
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

/** Both ways from a prompt to embeddings, against transformers. */
class HunyuanTextGoldenTest {
    private static final String TINY = "hunyuanvideo-tiny";
    private static final double TOLERANCE = 1e-4;

    private final Map<String, GoldenTensor> golden =
            Goldens.tensors(TINY, "golden/text_encoder.safetensors");

    @Test
    void tokensOfTheTemplateAndOfClipAreThoseOfTransformers() {
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(TINY));
                Tokenizer llama = Tokenizers.open(checkpoint, "tokenizer");
                Tokenizer clip = Tokenizers.open(checkpoint, "tokenizer_2")) {
            for (JsonNode entry : Goldens.json(TINY, "golden/tokens.json")) {
                String prompt = entry.get("prompt").asString();
                Tokens tokens = llama.encode(PromptTemplate.of(prompt), PromptTemplate.MAX_TOKENS);
                assertThat(tokens.ids()).as(prompt).isEqualTo(ints(entry.get("llama_ids")));
                assertThat(tokens.used())
                        .as(prompt)
                        .isEqualTo(Arrays.stream(ints(entry.get("llama_mask"))).sum());
                assertThat(clip.encode(prompt, 77).ids())
                        .as(prompt)
                        .isEqualTo(ints(entry.get("clip_ids")));
            }
        }
    }

    @Test
    void embeddingsOfBothEncodersAreThoseOfTransformers() {
        int[] llamaIds = ints("llama_ids");
        int[] clipIds = ints("clip_ids");
        int prompt = Arrays.stream(ints("prompt_mask")).sum();
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(TINY));
                Backend backend = TestDevice.open()) {
            HunyuanText text = HunyuanText.load(checkpoint, WeightMemory.resident(backend));
            long bytes = DryRun.workspaceBytes(ws -> encode(text, ws, llamaIds, prompt, clipIds));
            try (Workspace ws = new Workspace(backend, bytes)) {
                HunyuanTransformer.Text encoded = encode(text, ws, llamaIds, prompt, clipIds);
                assertThat(ws.highWater()).isEqualTo(bytes);
                assertClose("llama", TestDevice.host(backend, encoded.embeds()), "prompt_embeds");
                assertClose("clip", TestDevice.host(backend, encoded.pooled()), "pooled");
                assertThat(encoded.prompt()).isEqualTo(prompt);
            }
        }
    }

    private static HunyuanTransformer.Text encode(
            HunyuanText text, Workspace ws, int[] llamaIds, int prompt, int[] clipIds) {
        Tokens llama = new Tokens(llamaIds, PromptTemplate.CROP + prompt, 0);
        Tensor embeds = ws.allocate(DType.F32, 256, 32);
        Tensor pooled = ws.allocate(DType.F32, 1, 32);
        Tokens clip = new Tokens(clipIds, clipIds.length, 0);
        text.encode(ws, llama, clip, DType.F32, embeds, pooled);
        return new HunyuanTransformer.Text(embeds, prompt, pooled);
    }

    private void assertClose(String name, Tensor actual, String expected) {
        float[] values = Objects.requireNonNull(golden.get(expected)).floats();
        assertThat(Errors.relative(actual.toFloats(), values)).as(name).isLessThan(TOLERANCE);
    }

    private int[] ints(String name) {
        return Arrays.stream(Objects.requireNonNull(golden.get(name)).longs())
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    private static int[] ints(JsonNode array) {
        return array.valueStream().mapToInt(JsonNode::asInt).toArray();
    }
}

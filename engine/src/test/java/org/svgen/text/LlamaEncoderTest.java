package org.svgen.text;

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
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.device.Workspace;
import org.svgen.testkit.Errors;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;

/**
 * Against transformers' LlamaModel after {@code model.to(bfloat16).float()}, which rounds the
 * rotary frequencies for good. Loading with {@code from_pretrained} leaves them in float32:
 * HunyuanTextGoldenTest.
 */
class LlamaEncoderTest {
    private static final String TINY = "hunyuanvideo-tiny";
    private static final int SKIPPED_LAYERS = 2;
    private static final int CROP = 95;

    private final Map<String, GoldenTensor> golden =
            Goldens.tensors(TINY, "golden/text_encoder_cast.safetensors");

    @Test
    void withFrequenciesRoundedToBf16EmbeddingsAreThoseOfAModelThatWasCastToIt() {
        assertThat(error(DType.BF16)).isLessThan(1e-5);
    }

    @Test
    void otherFrequenciesGiveOtherEmbeddings() {
        assertThat(error(DType.F32)).isBetween(1e-4, 1e-3);
        assertThat(error(DType.F16)).isBetween(1e-4, 1e-3);
    }

    private double error(DType rotary) {
        int[] ids = ints("llama_ids");
        int attended = CROP + Arrays.stream(ints("prompt_mask")).sum();
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(TINY));
                Backend backend = Backends.open("cpu", note -> {});
                Workspace workspace = new Workspace(backend, 8 << 20)) {
            LlamaConfig config = LlamaConfig.read(checkpoint.config("text_encoder"));
            LlamaEncoder encoder =
                    LlamaEncoder.load(
                            config,
                            checkpoint.weights(
                                    "text_encoder", WeightMemory.resident(backend), DType.F32),
                            SKIPPED_LAYERS);
            Tensor out = workspace.allocate(DType.F32, ids.length, config.width());
            encoder.encode(workspace, ids, attended, rotary, out);
            float[] expected = Objects.requireNonNull(golden.get("prompt_embeds")).floats();
            return Errors.relative(out.rows(CROP, ids.length).toFloats(), expected);
        }
    }

    private int[] ints(String name) {
        return Arrays.stream(Objects.requireNonNull(golden.get(name)).longs())
                .mapToInt(Math::toIntExact)
                .toArray();
    }
}

package org.svgen.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.nn.Rope3d;
import org.svgen.tensor.Backend;
import org.svgen.tensor.Backends;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.Workspace;
import org.svgen.testkit.Errors;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;

/**
 * Against transformers' LlamaModel after {@code model.to(bfloat16).float()}, which rounds the
 * rotary frequencies for good. Loading with {@code from_pretrained} leaves them in float32, as does
 * this encoder: HunyuanTextGoldenTest.
 */
class LlamaEncoderTest {
    private static final String TINY = "hunyuanvideo-tiny";
    private static final int SKIPPED_LAYERS = 2;
    private static final int CROP = 95;

    private final Map<String, GoldenTensor> golden =
            Goldens.tensors(TINY, "golden/text_encoder_cast.safetensors");

    @Test
    void withFrequenciesRoundedToBf16EmbeddingsAreThoseOfAModelThatWasCastToIt() {
        assertThat(error(true)).isLessThan(1e-5);
    }

    @Test
    void withFrequenciesAsTheyAreItDiffersFromThatModelByTheirRounding() {
        assertThat(error(false)).isBetween(1e-4, 1e-3);
    }

    private double error(boolean rounded) {
        int[] ids = ints("llama_ids");
        int attended = CROP + Arrays.stream(ints("prompt_mask")).sum();
        try (Checkpoint checkpoint = Checkpoint.open(Goldens.folder(TINY));
                Backend backend = Backends.open("cpu", note -> {});
                Workspace workspace = new Workspace(backend, 8 << 20)) {
            LlamaConfig config = LlamaConfig.read(checkpoint.config("text_encoder"));
            LlamaEncoder encoder =
                    LlamaEncoder.load(
                            config, checkpoint.weights("text_encoder", backend), SKIPPED_LAYERS);
            Tensor out = workspace.allocate(DType.F32, ids.length, config.width());
            encoder.encode(workspace, ids, attended, rope(config, ids.length, rounded), out);
            float[] expected = Objects.requireNonNull(golden.get("prompt_embeds")).floats();
            return Errors.relative(out.rows(CROP, ids.length).toFloats(), expected);
        }
    }

    private static Rope3d rope(LlamaConfig config, int tokens, boolean rounded) {
        int dim = config.headDim();
        float[] cos = new float[tokens * dim];
        float[] sin = new float[tokens * dim];
        for (int i = 0; i < cos.length; i++) {
            float exponent = (float) (i % dim / 2 * 2) / dim;
            float frequency = 1 / (float) Math.pow(config.theta(), exponent);
            float angle = i / dim * (rounded ? bf16(frequency) : frequency);
            cos[i] = (float) Math.cos(angle);
            sin[i] = (float) Math.sin(angle);
        }
        return new Rope3d(cos, sin);
    }

    /** The nearest, even if two are. */
    private static float bf16(float x) {
        int bits = Float.floatToRawIntBits(x);
        return Float.intBitsToFloat((bits + 0x7fff + (bits >>> 16 & 1)) & 0xffff0000);
    }

    private int[] ints(String name) {
        return Arrays.stream(Objects.requireNonNull(golden.get(name)).longs())
                .mapToInt(Math::toIntExact)
                .toArray();
    }
}

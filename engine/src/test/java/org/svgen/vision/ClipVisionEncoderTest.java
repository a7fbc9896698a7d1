package org.svgen.vision;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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

class ClipVisionEncoderTest {

    @ParameterizedTest
    @ValueSource(strings = {"wan-i2v-tiny", "wan-flf2v-tiny"})
    void givesTheHiddenStatesOfTransformers(String model) {
        Map<String, GoldenTensor> golden =
                Goldens.tensors(model, "golden/image_encoder.safetensors");
        try (Backend backend = TestDevice.open();
                Checkpoint checkpoint = Checkpoint.open(Goldens.folder(model))) {
            ClipVisionConfig config = ClipVisionConfig.read(checkpoint.config("image_encoder"));
            ClipVisionEncoder encoder =
                    ClipVisionEncoder.load(
                            config,
                            checkpoint.weights(
                                    "image_encoder", WeightMemory.resident(backend), DType.F32));
            int layers = config.shape().layers();
            assertThat(encoder.blocks()).hasSize(layers - 1);
            for (int blocks = 0; blocks < layers; blocks++) {
                ClipVisionEncoder first =
                        new ClipVisionEncoder(
                                config,
                                encoder.whole(),
                                encoder.patch(),
                                encoder.places(),
                                encoder.norm(),
                                encoder.blocks().subList(0, blocks));
                float[] expected = golden.get("hidden" + blocks).floats();
                float[] actual = encode(backend, first, golden.get("pixel_values"));
                assertThat(Errors.relative(actual, expected)).isLessThan(1e-5);
            }
            assertThat(golden.get("embeds").floats())
                    .isEqualTo(golden.get("hidden" + (layers - 1)).floats());
        }
    }

    /** All pictures, one behind the other. */
    private static float[] encode(
            Backend backend, ClipVisionEncoder encoder, GoldenTensor pictures) {
        ClipVisionConfig config = encoder.config();
        int size = config.imageSize();
        int count = pictures.shape().size(0);
        int each = config.tokens() * config.width();
        float[] all = new float[count * each];
        try (Arena arena = Arena.ofShared()) {
            Tensor out =
                    backend.upload(Tensor.zeros(arena, DType.F32, config.tokens(), config.width()));
            Tensor given = Tensor.of(arena, pictures.floats(), count, 3, size, size);
            for (int i = 0; i < count; i++) {
                Tensor pixels = TestDevice.on(backend, given.get(i));
                long bytes = DryRun.workspaceBytes(w -> encoder.encode(w, pixels, out));
                try (Workspace ws = new Workspace(backend, bytes)) {
                    encoder.encode(ws, pixels, out);
                }
                float[] one = TestDevice.host(backend, out).toFloats();
                System.arraycopy(one, 0, all, i * each, each);
            }
        }
        return all;
    }
}

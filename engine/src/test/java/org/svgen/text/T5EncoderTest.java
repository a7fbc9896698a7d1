package org.svgen.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.checkpoint.SafeTensorsWriter;
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

class T5EncoderTest {

    @ParameterizedTest
    @ValueSource(strings = {"cogvideox-t2v-tiny", "cogvideox-i2v-tiny"})
    void givesTheEmbeddingsOfTransformers(String model) {
        Map<String, GoldenTensor> golden =
                Goldens.tensors(model, "golden/text_encoder.safetensors");
        GoldenTensor ids = golden.get("input_ids");
        GoldenTensor embeds = golden.get("embeds");
        int prompts = ids.shape().size(0);
        int n = ids.shape().size(1);
        float[] actual = new float[(int) embeds.shape().elements()];
        try (Loaded loaded = new Loaded(model)) {
            for (int p = 0; p < prompts; p++) {
                int[] text = new int[n];
                for (int i = 0; i < n; i++) {
                    text[i] = (int) ids.longs()[p * n + i];
                }
                float[] one = loaded.encode(text, n);
                System.arraycopy(one, 0, actual, p * one.length, one.length);
            }
        }
        assertThat(Errors.relative(actual, embeds.floats())).isLessThan(1e-5);
    }

    @Test
    void whatIsMaskedHasNoInfluence() {
        try (Loaded loaded = new Loaded("cogvideox-t2v-tiny")) {
            int width = 32;
            float[] a = loaded.encode(new int[] {4, 77, 1, 0, 0}, 3);
            float[] b = loaded.encode(new int[] {4, 77, 1, 9, 11}, 3);
            float[] c = loaded.encode(new int[] {4, 77, 1, 9, 11}, 5);
            assertThat(head(a, 3 * width)).isEqualTo(head(b, 3 * width));
            assertThat(head(c, 3 * width)).isNotEqualTo(head(b, 3 * width));
            assertThat(b).doesNotContain(Float.NaN);
        }
    }

    @Test
    void refusesTokensItDoesNotKnow() {
        try (Loaded loaded = new Loaded("cogvideox-t2v-tiny")) {
            assertThatThrownBy(() -> loaded.encode(new int[] {383, 384}, 2))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("token 384")
                    .hasMessageContaining("0 to 383");
        }
    }

    /** Rows of transformers' {@code _relative_position_bucket} for 32 buckets and distance 128. */
    @Test
    void bucketsFallWhereTorchPutsThem() {
        RelativePositions positions = new RelativePositions(new float[32], 1, 128);
        int[] firstOfBucket = {0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 23, 32, 46, 64, 91};
        for (int bucket = 0; bucket < firstOfBucket.length; bucket++) {
            int last = bucket == 15 ? 5000 : firstOfBucket[bucket + 1] - 1;
            for (int distance : new int[] {firstOfBucket[bucket], last}) {
                assertThat(positions.bucket(-distance)).isEqualTo(bucket);
                if (distance > 0) {
                    assertThat(positions.bucket(distance)).isEqualTo(16 + bucket);
                }
            }
        }
    }

    /** UMT5 differs in that every block has a table: with the same one in all, nothing changes. */
    @Test
    void umt5HasATableOfDistancesInEveryBlock(@TempDir Path folder) throws IOException {
        String table = "encoder.block.%d.layer.0.SelfAttention.relative_attention_bias.weight";
        Map<String, Tensor> weights = new LinkedHashMap<>();
        Path golden = Goldens.folder("cogvideox-t2v-tiny").resolve("text_encoder");
        try (SafeTensors tensors = SafeTensors.open(golden.resolve("model.safetensors"))) {
            for (String name : tensors.names()) {
                // The other name that the shared table of embeddings goes by.
                String as = name.replace("shared.weight", "encoder.embed_tokens.weight");
                weights.put(as, tensors.find(name).orElseThrow());
            }
            weights.put(table.formatted(1), weights.get(table.formatted(0)));
            Path encoder = Files.createDirectory(folder.resolve("text_encoder"));
            SafeTensorsWriter.write(encoder.resolve("model.safetensors"), weights, Map.of());
            String config = Files.readString(golden.resolve("config.json"));
            Files.writeString(
                    encoder.resolve("config.json"),
                    config.replace("T5EncoderModel", "UMT5EncoderModel"));
            Files.writeString(folder.resolve("model_index.json"), "{\"_class_name\": \"P\"}");
        }
        int[] ids = {4, 77, 87, 11, 1};
        try (Loaded umt5 = new Loaded(folder);
                Loaded t5 = new Loaded("cogvideox-t2v-tiny")) {
            assertThat(umt5.encoder.blocks())
                    .allSatisfy(block -> assertThat(block.positions()).isNotNull());
            assertThat(umt5.encode(ids, 4)).isEqualTo(t5.encode(ids, 4));
        }
    }

    private static float[] head(float[] values, int n) {
        return java.util.Arrays.copyOf(values, n);
    }

    /** A model's text encoder on the device under test. */
    private static final class Loaded implements AutoCloseable {
        private final Backend backend = TestDevice.open();
        private final Checkpoint checkpoint;
        private final T5Encoder encoder;

        Loaded(String model) {
            this(Goldens.folder(model));
        }

        Loaded(Path folder) {
            checkpoint = Checkpoint.open(folder);
            T5Config config = T5Config.read(checkpoint.config("text_encoder"));
            encoder =
                    T5Encoder.load(
                            config,
                            checkpoint.weights(
                                    "text_encoder", WeightMemory.resident(backend), DType.F32));
        }

        float[] encode(int[] ids, int attended) {
            try (Arena arena = Arena.ofShared()) {
                Tensor out =
                        backend.upload(
                                Tensor.zeros(
                                        arena, DType.F32, ids.length, encoder.config().width()));
                long bytes = DryRun.workspaceBytes(w -> encoder.encode(w, ids, attended, out));
                try (Workspace ws = new Workspace(backend, bytes)) {
                    encoder.encode(ws, ids, attended, out);
                }
                return TestDevice.host(backend, out).toFloats();
            }
        }

        @Override
        public void close() {
            checkpoint.close();
            backend.close();
        }
    }
}

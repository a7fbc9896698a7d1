package org.svgen.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
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

    /** Wan's is a UMT5 with a mask; its pipelines zero the rows of padding. */
    @ParameterizedTest
    @ValueSource(strings = {"cogvideox-t2v-tiny", "cogvideox-i2v-tiny", "wan-t2v-tiny"})
    void givesTheEmbeddingsOfTransformers(String model) {
        assertThat(error(model, DType.F32)).isLessThan(1e-5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cogvideox-t2v-tiny", "wan-t2v-tiny"})
    void givesThemInBf16Roughly(String model) {
        assertThat(error(model, DType.BF16)).isBetween(1e-4, 3e-2);
    }

    private static double error(String model, DType activation) {
        Map<String, GoldenTensor> golden =
                Goldens.tensors(model, "golden/text_encoder.safetensors");
        long[] ids = golden.get("input_ids").longs();
        GoldenTensor mask = golden.get("attention_mask");
        GoldenTensor embeds = golden.get("embeds");
        int n = embeds.shape().size(1);
        float[] actual = new float[(int) embeds.shape().elements()];
        try (Loaded loaded = new Loaded(Goldens.folder(model), activation)) {
            for (int from = 0; from < ids.length; from += n) {
                int[] text = new int[n];
                int used = 0;
                for (int i = 0; i < n; i++) {
                    text[i] = (int) ids[from + i];
                    used += mask == null ? 1 : (int) mask.longs()[from + i];
                }
                float[] one = loaded.encodeUsed(new Tokens(text, used, 0));
                System.arraycopy(one, 0, actual, from / n * one.length, one.length);
            }
        }
        return Errors.relative(actual, embeds.floats());
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
        RelativePositions positions = new RelativePositions(32, 128);
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
                    .allSatisfy(block -> assertThat(block.distances()).isNotNull());
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
            this(folder, DType.F32);
        }

        Loaded(Path folder, DType activation) {
            checkpoint = Checkpoint.open(folder);
            T5Config config = T5Config.read(checkpoint.config("text_encoder"));
            encoder =
                    T5Encoder.load(
                            config,
                            checkpoint.weights(
                                    "text_encoder", WeightMemory.resident(backend), activation),
                            activation);
        }

        float[] encode(int[] ids, int attended) {
            return encode(ids.length, (ws, out) -> encoder.encode(ws, ids, attended, out));
        }

        float[] encodeUsed(Tokens tokens) {
            return encode(tokens.ids().length, (ws, out) -> encoder.encodeUsed(ws, tokens, out));
        }

        private float[] encode(int n, BiConsumer<Workspace, Tensor> encode) {
            try (Arena arena = Arena.ofShared()) {
                Tensor out =
                        backend.upload(Tensor.zeros(arena, DType.F32, n, encoder.config().width()));
                long bytes = DryRun.workspaceBytes(w -> encode.accept(w, out));
                try (Workspace ws = new Workspace(backend, bytes)) {
                    encode.accept(ws, out);
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

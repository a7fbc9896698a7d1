package org.svgen.lab.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.checkpoint.SafeTensorsWriter;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Tensor;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;
import tools.jackson.databind.JsonNode;

class LpipsTest {
    private static final Path NARROW = Goldens.folder("lpips").resolve("vgg_narrow.safetensors");

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({"alex, AlexNet", "vgg_narrow, VGG16 of width 4"})
    void equalsTheOfficialDefinition(String trunk, String name) {
        JsonNode pairs = Goldens.json("lpips", "expected.json").get(trunk).get("pairs");
        try (Arena arena = Arena.ofConfined();
                Lpips lpips = Lpips.open(Goldens.folder("lpips").resolve(trunk + ".safetensors"))) {
            for (int pair = 0; pair < 2; pair++) {
                LpipsDistance d =
                        lpips.distance(picture(arena, "a" + pair), picture(arena, "b" + pair));
                JsonNode expected = pairs.get(pair);
                assertThat(d.trunk()).isEqualTo(name);
                assertThat(d.value()).isCloseTo(expected.get("value").asDouble(), within(1e-6));
                assertThat(d.layers()).hasSize(5);
                for (int i = 0; i < 5; i++) {
                    assertThat(d.layers().get(i))
                            .isCloseTo(expected.get("per_layer").get(i).asDouble(), within(1e-6));
                }
            }
        }
    }

    @Test
    void isTheMeanOverFramesTheSameBothWaysAndZeroForEqualVideos() {
        try (Arena arena = Arena.ofConfined();
                Lpips lpips = Lpips.open(NARROW)) {
            Tensor a = video(arena, "a0", "a1");
            Tensor b = video(arena, "b0", "b1");
            double first = lpips.distance(a.rows(0, 1), b.rows(0, 1)).value();
            double second = lpips.distance(a.rows(1, 2), b.rows(1, 2)).value();
            assertThat(lpips.distance(a, b).value()).isCloseTo((first + second) / 2, within(1e-12));
            assertThat(lpips.distance(b, a)).isEqualTo(lpips.distance(a, b));
            assertThat(lpips.distance(a, a).value()).isZero();
        }
    }

    @Test
    void whatIsNoNumberIsNotHidden() {
        try (Arena arena = Arena.ofConfined();
                Lpips lpips = Lpips.open(NARROW)) {
            Tensor a = picture(arena, "a0");
            float[] values = a.toFloats();
            values[5000] = Float.NaN;
            Tensor b = Tensor.of(arena, values, 1, 64, 64, 3);
            assertThat(lpips.distance(a, b).value()).isNaN();
        }
    }

    @Test
    void framesOfWhichNothingIsLeftAreTooSmall() {
        try (Arena arena = Arena.ofConfined();
                Lpips lpips = Lpips.open(NARROW)) {
            assertThat(lpips.fits(16, 40)).isTrue();
            assertThat(lpips.fits(15, 40)).isFalse();
            Tensor small = Tensor.of(arena, new float[15 * 40 * 3], 1, 15, 40, 3);
            assertThatThrownBy(() -> lpips.distance(small, small))
                    .hasMessageContaining("too small");
            Tensor least = Tensor.of(arena, new float[16 * 40 * 3], 1, 16, 40, 3);
            assertThat(lpips.distance(least, least).value()).isZero();
        }
    }

    @Test
    void aWrongFileIsToldInOneLine() {
        wrong(t -> t.remove("features.0.weight"), "\"features.0.weight\" is missing; expected");
        wrong(
                t -> t.put("features.0.weight", t.get("features.2.weight")),
                "\"features.0.weight\": expected the features of AlexNet, VGG16 or SqueezeNet 1.1 as"
                        + " torchvision names them, [64, 3, 11, 11] or [64, 3, 3, 3], found [4, 4, 3, 3]");
        wrong(
                t -> t.put("features.3.squeeze.weight", t.get("features.2.weight")),
                "\"features.3.squeeze.weight\": expected shape [1, 4, 1, 1], found [4, 4, 3, 3]");
        wrong(t -> t.remove("features.17.bias"), "\"features.17.bias\" [32] is missing");
        wrong(
                t -> t.put("features.17.weight", t.get("features.14.weight")),
                "\"features.17.weight\": expected shape [32, 16, 3, 3], found [16, 16, 3, 3]");
        wrong(t -> t.remove("lin3.weight"), "\"lin3.weight\" [1, 32, 1, 1] is missing");
    }

    @Test
    void linearWeightsMayHaveTheNamesOfThePackage() {
        try (Arena arena = Arena.ofConfined()) {
            Map<String, Tensor> tensors = narrow(arena);
            for (int i = 0; i < 5; i++) {
                tensors.put(
                        "lin%d.model.1.weight".formatted(i),
                        Objects.requireNonNull(tensors.remove("lin%d.weight".formatted(i))));
            }
            Path file = folder.resolve("package.safetensors");
            SafeTensorsWriter.write(file, tensors, Map.of());
            Tensor a = picture(arena, "a0");
            Tensor b = picture(arena, "b0");
            try (Lpips lpips = Lpips.open(file);
                    Lpips plain = Lpips.open(NARROW)) {
                assertThat(lpips.distance(a, b)).isEqualTo(plain.distance(a, b));
            }
        }
    }

    private void wrong(Consumer<Map<String, Tensor>> change, String message) {
        Path file = folder.resolve("wrong.safetensors");
        try (Arena arena = Arena.ofConfined()) {
            Map<String, Tensor> tensors = narrow(arena);
            change.accept(tensors);
            SafeTensorsWriter.write(file, tensors, Map.of());
            assertThatThrownBy(() -> Lpips.open(file).close())
                    .isInstanceOf(BadInputException.class)
                    .hasMessageStartingWith(file + ": tensor ")
                    .hasMessageContaining(message)
                    .hasMessageNotContaining("\n");
        }
    }

    private static Map<String, Tensor> narrow(Arena arena) {
        Map<String, Tensor> tensors = new HashMap<>();
        Goldens.tensors("lpips", "vgg_narrow.safetensors")
                .forEach((name, golden) -> tensors.put(name, golden.tensor(arena)));
        return tensors;
    }

    private static Tensor picture(Arena arena, String name) {
        return video(arena, name);
    }

    /** [1, 3, 64, 64] in -1..1 each, to [frames, 64, 64, 3] in 0..1. */
    private static Tensor video(Arena arena, String... names) {
        int pixels = 64 * 64;
        Map<String, GoldenTensor> pictures = Goldens.tensors("lpips", "alex.expected.safetensors");
        List<float[]> from = Stream.of(names).map(name -> floats(pictures, name)).toList();
        float[] values = new float[names.length * pixels * 3];
        for (int i = 0; i < values.length; i++) {
            int frame = i / (3 * pixels);
            values[i] = (from.get(frame)[i % 3 * pixels + i / 3 % pixels] + 1) / 2;
        }
        return Tensor.of(arena, values, names.length, 64, 64, 3);
    }

    private static float[] floats(Map<String, GoldenTensor> tensors, String name) {
        return Objects.requireNonNull(tensors.get(name)).floats();
    }
}

package org.svgen.lab.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.tensor.Tensor;
import org.svgen.testkit.Goldens;
import tools.jackson.databind.JsonNode;

/**
 * What published programs compute of pictures that are made here as {@code
 * tools/make-metric-goldens.py} makes them.
 */
class PublishedProgramsTest {
    private static final JsonNode EXPECTED = Goldens.json("metrics_published", "expected.json");

    /** The official lpips on torchvision's modules; at 66 x 51 and 17 x 40 pools reach beyond. */
    @ParameterizedTest
    @CsvSource({"64, 64", "66, 51", "17, 40"})
    void lpipsBySqueezeNetIsThatOfTheOfficialCode(int height, int width) {
        JsonNode expected = EXPECTED.get("lpips_squeeze").get(height + "x" + width);
        try (Arena arena = Arena.ofConfined();
                Lpips lpips =
                        Lpips.open(
                                Goldens.folder("metrics_published")
                                        .resolve("squeeze_narrow.safetensors"))) {
            LpipsDistance d =
                    lpips.distance(
                            video(arena, 1, height, width, false),
                            video(arena, 1, height, width, true));
            assertThat(d.trunk()).isEqualTo("SqueezeNet 1.1 of width 4");
            assertThat(d.value()).isCloseTo(expected.get("value").asDouble(), within(1e-6));
            assertThat(d.layers()).hasSize(7);
            for (int i = 0; i < 7; i++) {
                assertThat(d.layers().get(i))
                        .as("layer %d", i)
                        .isCloseTo(expected.get("layers").get(i).asDouble(), within(1e-6));
            }
        }
    }

    @Test
    void squeezeNetTakesFramesOf17Pixels() {
        assertThat(LpipsTrunk.SQUEEZENET.fits(17, 40)).isTrue();
        assertThat(LpipsTrunk.SQUEEZENET.fits(40, 16)).isFalse();
    }

    /** Of even sizes at all scales; programs differ at odd ones. */
    @ParameterizedTest
    @CsvSource({"176, 192", "208, 176"})
    void multiScaleSsimIsThatOfPytorchMsssim(int height, int width) {
        try (Arena arena = Arena.ofConfined()) {
            assertThat(
                            MultiScaleSsim.of(
                                    video(arena, 2, height, width, false),
                                    video(arena, 2, height, width, true)))
                    .isCloseTo(withoutWeights(height, width, "ms_ssim"), within(1e-9));
        }
    }

    @ParameterizedTest
    @CsvSource({"176, 192", "208, 176", "161, 167"})
    void gmsdIsThatOfPiq(int height, int width) {
        try (Arena arena = Arena.ofConfined()) {
            assertThat(
                            Gmsd.of(
                                    video(arena, 2, height, width, false),
                                    video(arena, 2, height, width, true)))
                    .isCloseTo(withoutWeights(height, width, "gmsd"), within(1e-9));
        }
    }

    private static double withoutWeights(int height, int width, String measure) {
        return EXPECTED.get("without_weights").get(height + "x" + width).get(measure).asDouble();
    }

    /** [frames, height, width, 3] in 0..1. */
    private static Tensor video(Arena arena, int frames, int height, int width, boolean noisy) {
        float[] values = new float[frames * height * width * 3];
        for (int i = 0; i < values.length; i++) {
            int c = i % 3;
            int x = i / 3 % width;
            int y = i / 3 / width % height;
            int f = i / 3 / width / height;
            int level = level(f, c, y, x);
            values[i] =
                    (float)
                            ((noisy ? Math.clamp(level + noise(f, c, y, x), 0, 255) : level)
                                    / 255.0);
        }
        return Tensor.of(arena, values, frames, height, width, 3);
    }

    private static int level(int f, int c, int y, int x) {
        int rings = (3 * x * x + 5 * y * y + 7 * x * y + 37 * c * x + 13 * f * y) / 96 % 256;
        int slope = (4 * x + 2 * y + 50 * c + 30 * f) % 511;
        return (rings + 3 * (slope < 256 ? slope : 510 - slope)) / 4;
    }

    private static int noise(int f, int c, int y, int x) {
        long mixed = (x * 7919L + y * 104729L + c * 1299709L + f * 15485863L) % 65536;
        return (int) (mixed * 40503 % 65536 / 256 % 121) - 60;
    }
}

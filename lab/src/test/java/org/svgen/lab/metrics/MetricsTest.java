package org.svgen.lab.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.util.Iterator;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Tensor;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;
import tools.jackson.databind.JsonNode;

class MetricsTest {
    @Test
    void agreesWithTheReferenceImplementations() {
        JsonNode expected = Goldens.json("metrics", "expected.json");
        Map<String, GoldenTensor> videos = Goldens.tensors("metrics", "videos.safetensors");
        try (Arena arena = Arena.ofConfined()) {
            Iterator<GoldenTensor> both = videos.values().iterator();
            Measures c =
                    Measures.of(channelsLast(arena, both.next()), channelsLast(arena, both.next()));
            assertThat(value(c, Measure.MSE))
                    .isCloseTo(expected.get("mse").asDouble(), within(1e-8));
            assertThat(value(c, Measure.PSNR))
                    .isCloseTo(expected.get("psnr_pooled").asDouble(), within(1e-4));
            assertThat(value(c, Measure.PSNR_MEAN_OVER_FRAMES))
                    .isCloseTo(expected.get("psnr_mean_over_frames").asDouble(), within(1e-4));
            assertThat(value(c, Measure.SSIM_BOX))
                    .isCloseTo(
                            expected.get("ssim_box11_mean_over_frames").asDouble(), within(1e-5));
            assertThat(value(c, Measure.SSIM))
                    .isCloseTo(expected.get("ssim_gaussian11_sigma1.5").asDouble(), within(1e-5));
        }
    }

    @Test
    void identicalVideosAreInfinitelyCloseAndWhollySimilar() {
        try (Arena arena = Arena.ofConfined()) {
            Tensor video = Tensor.of(arena, ramp(2 * 12 * 13 * 3), 2, 12, 13, 3);
            Measures c = Measures.of(video, video);
            assertThat(value(c, Measure.PSNR)).isInfinite();
            assertThat(value(c, Measure.PSNR_MEAN_OVER_FRAMES)).isInfinite();
            assertThat(value(c, Measure.SSIM)).isCloseTo(1, within(1e-12));
            assertThat(value(c, Measure.SSIM_BOX)).isCloseTo(1, within(1e-12));
        }
    }

    @Test
    void oneIdenticalFrameSpoilsTheMeanButNotThePooledRatio() {
        double[] errors = {0, 0.01};
        assertThat(Psnr.meanOverFrames(errors)).isInfinite();
        assertThat(Psnr.pooled(errors)).isCloseTo(-10 * Math.log10(0.005), within(1e-12));
    }

    @Test
    void flickerSpoilsTheChangesAndASteadyErrorDoesNot() {
        try (Arena arena = Arena.ofConfined()) {
            float[] values = ramp(3 * 2 * 2 * 3);
            Tensor a = Tensor.of(arena, values, 3, 2, 2, 3);
            float[] steady = new float[values.length];
            float[] flickers = new float[values.length];
            for (int i = 0; i < values.length; i++) {
                steady[i] = values[i] + 0.125f;
                flickers[i] = values[i] + (i / 12 == 1 ? 0.125f : 0);
            }
            assertThat(Psnr.ofChanges(a, Tensor.of(arena, steady, 3, 2, 2, 3))).isGreaterThan(130);
            assertThat(Psnr.ofChanges(a, Tensor.of(arena, flickers, 3, 2, 2, 3)))
                    .isCloseTo(-20 * Math.log10(0.125), within(1e-5));
            assertThat(Psnr.ofChanges(a, a)).isInfinite();
            assertThat(Psnr.ofChanges(a.rows(0, 1), a.rows(0, 1))).isNaN();
        }
    }

    @Test
    void videosOfDifferentSizeAreRefused() {
        try (Arena arena = Arena.ofConfined()) {
            Tensor a = Tensor.of(arena, ramp(2 * 12 * 13 * 3), 2, 12, 13, 3);
            Tensor b = Tensor.of(arena, ramp(1 * 12 * 13 * 3), 1, 12, 13, 3);
            assertThatThrownBy(() -> Measures.of(a, b))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining("[2, 12, 13, 3] and [1, 12, 13, 3]");
        }
    }

    private static double value(Measures measures, Measure measure) {
        return measures.value(measure).orElseThrow();
    }

    private static float[] ramp(int n) {
        float[] values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (i * 37 % 101) / 101f;
        }
        return values;
    }

    /** [frames, channels, height, width] to [frames, height, width, channels]. */
    private static Tensor channelsLast(Arena arena, GoldenTensor golden) {
        int channels = golden.shape().size(1);
        int plane = golden.shape().size(2) * golden.shape().size(3);
        float[] from = golden.floats();
        float[] to = new float[from.length];
        for (int i = 0; i < to.length; i++) {
            int frame = i / (plane * channels);
            int pixel = i / channels % plane;
            to[i] = from[(frame * channels + i % channels) * plane + pixel];
        }
        return Tensor.of(
                arena,
                to,
                golden.shape().dim(0),
                golden.shape().dim(2),
                golden.shape().dim(3),
                channels);
    }
}

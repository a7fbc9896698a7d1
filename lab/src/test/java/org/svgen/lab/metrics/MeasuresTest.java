package org.svgen.lab.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.svgen.tensor.Tensor;
import org.svgen.testkit.Goldens;

class MeasuresTest {
    private static final Path VGG = Goldens.folder("lpips").resolve("vgg_narrow.safetensors");

    @Test
    void everyMeasureHasAValueOrAReason() {
        try (Arena arena = Arena.ofConfined();
                Lpips lpips = Lpips.open(VGG)) {
            for (int[] size : new int[][] {{1, 4, 4}, {1, 161, 170}, {2, 5, 40}, {3, 20, 24}}) {
                Tensor a = clip(arena, size, 0);
                Tensor b = clip(arena, size, 0.1f);
                for (Optional<Lpips> with : List.of(Optional.<Lpips>empty(), Optional.of(lpips))) {
                    Measures m = Measures.of(a, b, with, MeasureListener.SILENT);
                    for (Measure measure : Measure.values()) {
                        assertThat(m.missing().containsKey(measure))
                                .as("%s of %s", measure, Arrays.toString(size))
                                .isEqualTo(m.value(measure).isEmpty());
                    }
                }
            }
        }
    }

    @Test
    void valuesAreNamedAsInJsonInTheOrderOfTheMeasures() {
        try (Arena arena = Arena.ofConfined()) {
            Measures m = Measures.of(clip(arena, 2, 20, 24), clip(arena, 2, 20, 24));
            assertThat(m.byKey().keySet())
                    .containsExactly(
                            "mse",
                            "psnr",
                            "psnr_mean_over_frames",
                            "psnr_of_changes",
                            "ssim",
                            "ssim_box11",
                            "gmsd");
            assertThat(m.identical()).isTrue();
            assertThat(m.byKey()).containsEntry("psnr", Double.POSITIVE_INFINITY);
            assertThat(m.missing())
                    .containsEntry(Measure.MS_SSIM, "frames too small")
                    .containsEntry(Measure.LPIPS, "no weights");
        }
    }

    @Test
    void theListenerHearsOfEachFrameOfTheSlowMeasure() {
        List<Integer> heard = new ArrayList<>();
        try (Arena arena = Arena.ofConfined();
                Lpips lpips = Lpips.open(VGG)) {
            Tensor a = clip(arena, 3, 20, 24);
            Measures m =
                    Measures.of(
                            a,
                            a,
                            Optional.of(lpips),
                            (measure, done, frames) -> {
                                assertThat(frames).isEqualTo(3);
                                if (measure == Measure.LPIPS) {
                                    heard.add(done);
                                }
                            });
            assertThat(heard).containsExactly(1, 2, 3);
            assertThat(m.value(Measure.LPIPS)).hasValue(0);
            assertThat(m.lpips()).get().extracting(LpipsDistance::trunk).isEqualTo(lpips.trunk());
        }
    }

    @Test
    void aColourThatIsNoNumberIsSaid() {
        try (Arena arena = Arena.ofConfined()) {
            Tensor a = clip(arena, 2, 20, 24);
            float[] values = a.toFloats();
            values[7] = Float.NaN;
            Measures m = Measures.of(a, Tensor.of(arena, values, 2, 20, 24, 3));
            assertThat(m.missing())
                    .containsEntry(Measure.MSE, "not a number")
                    .containsEntry(Measure.GMSD, "not a number");
            assertThat(m.identical()).isFalse();
        }
    }

    @Test
    void edgesThatBlurMatterToGmsdAndAShiftOfLightHardly() {
        try (Arena arena = Arena.ofConfined()) {
            float[] edge = new float[40 * 40 * 3];
            float[] blurred = new float[edge.length];
            float[] lighter = new float[edge.length];
            for (int i = 0; i < edge.length; i++) {
                int x = i / 3 % 40;
                edge[i] = x < 20 ? 0.2f : 0.8f;
                blurred[i] = (float) Math.clamp(0.2 + 0.6 * (x - 14) / 12, 0.2, 0.8);
                lighter[i] = edge[i] + 0.05f;
            }
            Tensor a = Tensor.of(arena, edge, 1, 40, 40, 3);
            double ofBlur = Gmsd.of(a, Tensor.of(arena, blurred, 1, 40, 40, 3));
            double ofLight = Gmsd.of(a, Tensor.of(arena, lighter, 1, 40, 40, 3));
            assertThat(ofBlur).isGreaterThan(0.1);
            assertThat(ofLight).isLessThan(ofBlur / 4);
            assertThat(Gmsd.of(a, a)).isCloseTo(0, within(1e-15));
        }
    }

    private static Tensor clip(Arena arena, int... size) {
        return clip(arena, size, 0);
    }

    private static Tensor clip(Arena arena, int[] size, float more) {
        float[] values = new float[size[0] * size[1] * size[2] * 3];
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.5f + 0.4f * (float) Math.sin(i * 0.01) + more;
        }
        return Tensor.of(arena, values, size[0], size[1], size[2], 3);
    }
}

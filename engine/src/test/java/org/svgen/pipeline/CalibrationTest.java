package org.svgen.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.pipeline.AttentionSettings.Budget;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.tensor.BadInputException;

class CalibrationTest {
    private static Calibration calibration(Calibration.Point... points) {
        return new Calibration(
                "c.json",
                "CogVideoXPipeline demo",
                "c0ffee",
                0.9,
                24,
                Map.of("steps", 50, "density", 0.25, "cache", "none", "of_tomorrow", 1),
                List.of(points),
                Optional.empty());
    }

    private static final Calibration CALIBRATION =
            calibration(
                    new Calibration.Point(0.05, 36),
                    new Calibration.Point(0.2, 28),
                    new Calibration.Point(0.3, 28),
                    new Calibration.Point(0.5, 25));

    @ParameterizedTest
    @CsvSource({"36, 0.05", "32, 0.1", "28, 0.3", "25, 0.5", "10, 0.5"})
    void aTargetIsTheMostErrorThatReachesIt(double psnr, double error) {
        assertThat(CALIBRATION.maxErrorFor(psnr)).isCloseTo(error, within(1e-12));
    }

    @Test
    void aTargetBeyondTheRangeIsRefusedWithTheRange() {
        assertThatThrownBy(() -> CALIBRATION.maxErrorFor(36.5))
                .isInstanceOf(BadInputException.class)
                .hasMessage("targetPsnr 36.5: expected 25.0 to 36.0 dB, the range of c.json");
    }

    @Test
    void pointsOfAnotherOrderAreRefused() {
        Calibration.Point strict = new Calibration.Point(0.05, 36);
        assertThatThrownBy(() -> calibration(strict)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> calibration(strict, new Calibration.Point(0.05, 30)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> calibration(strict, new Calibration.Point(0.1, 37)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static RequestBuilder builder() {
        return Request.builder(
                        Defaults.of(
                                new VideoSize(64, 48, 9, 8),
                                Sampling.of(50, 6),
                                AttentionSettings.DEFAULT))
                .calibration(CALIBRATION);
    }

    @Test
    void aTargetBecomesALimitOfErrorAndTheRecipeKeepsBoth() {
        Request request = builder().set("maxError", 0.4).set("targetPsnr", 32).build();
        assertThat(request.attention().maxError()).isCloseTo(0.1, within(1e-12));
        assertThat(request.toBuilder().build()).isEqualTo(request);
        assertThat(request.toBuilder().set("targetPsnr", 25).build().attention().maxError())
                .isEqualTo(0.5);
        Map<String, Object> fields = Recipe.fieldsOf(request);
        assertThat(fields).containsEntry("target_psnr", 32.0).containsKey("max_error");
        Recipe recipe =
                new Recipe(
                        new Recipe.Made("dev", "m", "h", "cpu", 0.3, OptionalDouble.empty()),
                        fields,
                        request.settings(),
                        null,
                        null,
                        null);
        AttentionSettings again = Recipe.parse(recipe.json()).orElseThrow().request().attention();
        assertThat(again.targetPsnr()).isEqualTo(32);
        assertThat(again.maxError()).isEqualTo(request.attention().maxError());
    }

    @Test
    void withoutACalibrationATargetIsRefusedWithTheWayToOne() {
        AttentionBuilder builder = AttentionSettings.builder().targetPsnr(28);
        assertThatThrownBy(builder::build)
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("expected a calibration")
                .hasMessageContaining("found none; the preset calibrate of svgen study makes one");
    }

    @Test
    void denseAttentionNeedsNoTargetAndOtherModesCannotHaveOne() {
        AttentionBuilder dense = AttentionSettings.builder().targetPsnr(28).mode(Mode.DENSE);
        assertThat(dense.build().maxError()).isInfinite();
        assertThatThrownBy(() -> AttentionSettings.builder().targetPsnr(28).mode(Mode.PAB).build())
                .hasMessageContaining("expected attention svg");
        assertThatThrownBy(() ->
                        AttentionSettings.builder().targetPsnr(28).budget(Budget.FIXED).build())
                .hasMessageContaining("budget of heads, snr or moving");
    }

    @Test
    void differencesAreTheSettingsThatWereMeasuredOtherwise() {
        assertThat(CALIBRATION.differences(builder().build())).isEmpty();
        assertThat(CALIBRATION.differences(builder().steps(20).set("density", 0.1).build()))
                .containsExactlyInAnyOrder("steps 20 (50)", "density 0.1 (0.25)");
    }

    /** Calibrations of versions before attention in 8 bits say nothing of it. */
    @Test
    void attentionIn8BitsIsADifferenceAndTheTypeOfLayersIsNone() {
        for (String same : List.of("auto", "f32", "bf16")) {
            assertThat(CALIBRATION.differences(builder().set("attentionDtype", same).build()))
                    .isEmpty();
        }
        assertThat(CALIBRATION.differences(builder().set("attentionDtype", "fp8").build()))
                .containsExactly("attention dtype fp8 (bf16)");
    }
}

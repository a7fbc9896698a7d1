package org.svgen.guidance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.checkpoint.Config;
import org.svgen.tensor.BadInputException;
import org.svgen.testkit.Errors;
import org.svgen.testkit.GoldenTensor;
import org.svgen.testkit.Goldens;

/** Guiders against those of diffusers, over five steps of given predictions. */
class GuiderGoldenTest {
    private static final int STEPS = 5;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cfg",
                "cfg_original",
                "cfg_rescale",
                "cfg_interval",
                "cfg_zero_star",
                "apg",
                "apg_no_momentum",
                "apg_mix",
                "tangential"
            })
    void stepsAreThoseOfDiffusers(String name) {
        Map<String, GoldenTensor> golden = Goldens.tensors("guiders", name + ".safetensors");
        float[][] prompted = steps(golden, "pred_cond");
        float[][] plain = steps(golden, "pred_uncond");
        float[][] expected = steps(golden, "out");
        Guider guider = Guider.of(rules(name));
        for (int step = 0; step < STEPS; step++) {
            float[] joined = guider.join(step, STEPS, prompted[step], plain[step]);
            if (Arrays.equals(expected[step], new float[joined.length])) {
                assertThat(joined).isEqualTo(expected[step]);
            } else {
                assertThat(Errors.relative(joined, expected[step]))
                        .as("step %d", step)
                        .isLessThan(1e-5);
            }
        }
    }

    @Test
    void guidanceHasAnIntervalAndAScaleThatIsNone() {
        GuiderRules interval = rules("cfg_interval");
        assertThat(interval.guides(0, STEPS)).isFalse();
        assertThat(interval.guides(1, STEPS)).isTrue();
        assertThat(interval.guides(3, STEPS)).isTrue();
        assertThat(interval.guides(4, STEPS)).isFalse();
        assertThat(interval.isPlain()).isFalse();
        assertThat(rules("cfg").isPlain()).isTrue();
        assertThat(rules("cfg").withScale(1).guides()).isFalse();
        assertThat(rules("cfg_original").withScale(1).guides()).isTrue();
        assertThat(rules("cfg_original").withScale(0).guides()).isFalse();
    }

    @Test
    void aClassThatIsNotKnownIsNamed() {
        Config json =
                Config.parse(
                        Path.of("guider", "guider_config.json"),
                        "{\"_class_name\": \"SkipLayerGuidance\"}"
                                .getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> GuiderRules.read(json))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("guider_config.json")
                .hasMessageContaining("SkipLayerGuidance")
                .hasMessageContaining("TangentialClassifierFreeGuidance");
    }

    private static GuiderRules rules(String name) {
        return GuiderRules.read(
                Config.read(Goldens.folder("guiders").resolve(name + "/guider_config.json")));
    }

    private static float[][] steps(Map<String, GoldenTensor> golden, String name) {
        float[] all = Objects.requireNonNull(golden.get(name), name).floats();
        int each = all.length / STEPS;
        float[][] steps = new float[STEPS][];
        for (int i = 0; i < STEPS; i++) {
            steps[i] = Arrays.copyOfRange(all, i * each, (i + 1) * each);
        }
        return steps;
    }
}

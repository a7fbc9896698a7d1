package org.svgen.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.DType;

class RecipeTest {
    private static final Report REPORT =
            new Report(
                    "CogVideoXPipeline demo",
                    "c0ffee",
                    "cpu: 2 threads",
                    Map.of(),
                    0.25,
                    List.of(),
                    0.42,
                    OptionalDouble.of(0.25),
                    List.of(),
                    1,
                    2,
                    0);

    private static Request request(AttentionSettings.Mode mode, double tolerance) {
        AttentionSettings attention =
                AttentionSettings.builder()
                        .mode(mode)
                        .density(0.25)
                        .denseSteps(new Amount.Count(3))
                        .denseLayers(new Amount.Fraction(1))
                        .headTolerance(tolerance)
                        .sampledRows(17)
                        .build();
        Defaults defaults = new Defaults(64, 48, 9, 23.976, 4, 4.5, true, attention, List.of());
        return Request.builder(defaults)
                .prompt("a \"réd\" circle 🎈")
                .negativePrompt("blur")
                .seed(-2)
                .dtype(DType.BF16)
                .llamaRotary(DType.F16)
                .build();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, Double.POSITIVE_INFINITY})
    void aRequestComesBackFromItsRecipe(double tolerance) {
        for (AttentionSettings.Mode mode : AttentionSettings.Mode.values()) {
            Request request = request(mode, tolerance);
            Recipe recipe = Recipe.of(request, REPORT, "cpu");
            assertThat(Recipe.parse(recipe.json())).hasValue(recipe);
            assertThat(recipe.request()).isEqualTo(request);
        }
    }

    @Test
    void seedsHaveNoSign() {
        Recipe recipe = Recipe.of(request(AttentionSettings.Mode.SVG, 1), REPORT, "cpu");
        assertThat(recipe.json()).contains("\"seed\":18446744073709551614,");
    }

    @Test
    void namesOfFilesAreKeptAndKeysOfLaterVersionsPassedOver() {
        Recipe recipe =
                Recipe.of(request(AttentionSettings.Mode.SVG, 1), REPORT, "cpu")
                        .withFiles("a.png", null);
        assertThat(recipe.image()).isEqualTo("a.png");
        String later = recipe.json().replaceFirst("\\{", "{\"of_tomorrow\":[1],");
        assertThat(Recipe.parse(later)).hasValue(recipe);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "a comment", "[]", "null", "{}", "{\"seed\":7}"})
    void whatIsNoRecipeIsNone(String text) {
        assertThat(Recipe.parse(text)).isEmpty();
    }
}

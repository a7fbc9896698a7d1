package org.svgen.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.setting.Setting;
import org.svgen.setting.Values;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;

class RecipeTest {
    private static final Setting<Boolean> RISE = Setting.flag("dynamicGuidance", false, "Rise.");
    private static final Setting<DType> ROUND_TO =
            Setting.choice("llamaRotary", List.of(DType.F32, DType.F16), DType.F32, "Round.");
    private static final Setting<Double> NEAR =
            Setting.of("howNear", Values.numbers(0, 1), 1.0, "FRACTION", "Near.");
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
                    0,
                    0,
                    List.of(),
                    new Report.Receipt(
                            OptionalDouble.of(0.065),
                            OptionalDouble.empty(),
                            List.of(0.065),
                            OptionalDouble.empty(),
                            0));

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
        Defaults defaults =
                Defaults.of(new VideoSize(64, 48, 9, 23.976), Sampling.of(4, 4.5), attention);
        return Request.builder(defaults)
                .prompt("a \"réd\" circle 🎈")
                .negativePrompt("blur")
                .seed(-2)
                .dtype(DType.BF16)
                .set(RISE, true)
                .set(ROUND_TO, DType.F16)
                .set(NEAR, 0.25)
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
    void theErrorOfAttentionIsKeptIfItWasMeasured() {
        Request request = request(AttentionSettings.Mode.SVG, 1);
        Recipe measured = Recipe.of(request, REPORT, "cpu");
        assertThat(measured.json()).contains("\"attention_error\":0.065");
        Recipe.Made made = measured.made();
        Recipe none =
                new Recipe(
                        new Recipe.Made(
                                made.svgen(),
                                made.model(),
                                made.modelHash(),
                                made.device(),
                                made.keptDensity(),
                                OptionalDouble.empty()),
                        measured.fields(),
                        measured.settings(),
                        null,
                        null,
                        null);
        assertThat(none.json()).contains("\"attention_error\":null");
        assertThat(Recipe.parse(none.json())).hasValue(none);
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
                        .withFiles("a.png", "b.png", null);
        assertThat(recipe.image()).isEqualTo("a.png");
        assertThat(recipe.lastImage()).isEqualTo("b.png");
        String later =
                recipe.json()
                        .replaceFirst("\\{", "{\"of_tomorrow\":[1],")
                        .replace("\"settings\":{", "\"settings\":{\"in_two_days\":{\"a\":[]},");
        assertThat(later).contains("of_tomorrow", "in_two_days");
        assertThat(Recipe.parse(later)).hasValue(recipe);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "a comment", "[]", "null", "{}", "{\"seed\":7}"})
    void whatIsNoRecipeIsNone(String text) {
        assertThat(Recipe.parse(text)).isEmpty();
    }

    /** As version 1 of the report's schema had it. */
    @Test
    void recipesThatNamedSettingsOfFamiliesBesideTheOthersAreRead() {
        String then =
                """
                {"svgen":"0.1.0","model":"CogVideoXPipeline demo","model_hash":"c0ffee",
                "prompt":"a circle","negative_prompt":"","image":null,"width":160,"height":96,
                "frames":33,"fps":16.0,"steps":4,"guidance":6.0,"dynamic_guidance":true,"seed":7,
                "latents":"noise.safetensors","attention":"svg","density":0.3,
                "dense_steps":"0.25","dense_layers":"1","head_tolerance":null,"sampled_rows":64,
                "dtype":"f32","llama_rotary":"f32","device":"cpu","kept_density":0.5}
                """;
        Recipe recipe = Recipe.parse(then).orElseThrow();
        assertThat(recipe.made().attentionError()).isEmpty();
        assertThat(recipe.latents()).isEqualTo("noise.safetensors");
        assertThat(recipe.request())
                .isEqualTo(
                        Request.builder(
                                        Defaults.of(
                                                new VideoSize(160, 96, 33, 16),
                                                Sampling.of(4, 6),
                                                AttentionSettings.builder()
                                                        .denseLayers(new Amount.Count(1))
                                                        .budget(AttentionSettings.Budget.FIXED)
                                                        .attentionDtype(
                                                                AttentionSettings.Precision.F32)
                                                        .build()))
                                .prompt("a circle")
                                .seed(7)
                                .set(RISE, true)
                                .build());
        assertThat(Recipe.parse(recipe.json())).hasValue(recipe);
        Recipe ofGpu =
                Recipe.parse(then.replace("\"device\":\"cpu\"", "\"device\":\"cuda:0\""))
                        .orElseThrow();
        assertThat(ofGpu.fields()).containsEntry("attention_dtype", "bf16");
    }

    @Test
    void aValueThatThisVersionDoesNotKnowIsToldWhenTheRequestIsAskedFor() {
        String json = Recipe.of(request(AttentionSettings.Mode.SVG, 1), REPORT, "cpu").json();
        Recipe later =
                Recipe.parse(json.replace("\"attention\":\"svg\"", "\"attention\":\"svg3\""))
                        .orElseThrow();
        assertThat(later.json()).contains("svg3");
        assertThatThrownBy(later::request)
                .isInstanceOfSatisfying(
                        BadInputException.class,
                        e -> {
                            assertThat(e.field()).hasValue("attention");
                            assertThat(e.found()).hasValue("svg3");
                        });
    }
}

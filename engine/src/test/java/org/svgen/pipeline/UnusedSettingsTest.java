package org.svgen.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.svgen.pipeline.AttentionSettings.Budget;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.setting.Rule;

class UnusedSettingsTest {
    private static final Defaults DEFAULTS =
            Defaults.of(new VideoSize(64, 64, 9, 8), Sampling.of(4, 3), AttentionSettings.DEFAULT);

    private static RequestBuilder request(Mode mode) {
        return Request.builder(DEFAULTS).prompt("x").set("attention", mode.toString());
    }

    @Test
    void eachSettingOfAttentionIsUsedBySomeModeAndThoseOfRequestsAreAllKnown() {
        Set<Rule<?>> used = new HashSet<>();
        Arrays.stream(Mode.values()).map(UnusedSettings::used).forEach(used::addAll);
        assertThat(used).isEqualTo(UnusedSettings.OF_ATTENTION);
        int from = Rules.all().indexOf(Rules.DENSITY);
        Set<Rule<?>> known =
                new HashSet<>(Rules.all().subList(from, Rules.all().indexOf(Rules.CACHE)));
        known.remove(Rules.ATTENTION_DTYPE); // which dense attention has too
        assertThat(used).isEqualTo(known);
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void tailAndBudgetAgreeWithWhatTheModeSays(Mode mode) {
        Set<Rule<?>> used = UnusedSettings.used(mode);
        assertThat(used.contains(Rules.TAIL)).isEqualTo(mode.takesTail());
        assertThat(used.contains(Rules.BUDGET)).isEqualTo(!mode.budgets().isEmpty());
    }

    @ParameterizedTest
    @EnumSource(Mode.class)
    void whatAModelRecommendsWasNotAskedFor(Mode mode) {
        assertThat(UnusedSettings.of(request(mode).build(), DEFAULTS)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "SVG, tau, 1, tau is not used: this attention has no such setting",
        "SVG_OFFICIAL, tail, on, tail is not used: this attention has no such setting",
        "DENSE, density, 0.5, density is not used: this attention has no such setting",
        "DENSE, denseSteps, 3, ''",
        "SOL, queryClusters, 8, query clusters is not used: this attention has no such setting",
        "PAB, denseLayers, 2, dense layers is not used: this attention has no such setting",
        "SPATIAL, auditRows, 9, audit rows is not used: this attention has no such setting",
        "EAR, budget, heads, budget heads is not used: this attention has fixed and snr",
        "EAR, budget, snr, ''",
        "SVG, cacheInARow, 2, cache in a row is not used without a cache"
    })
    void whatAModeHasNoUseForIsSaid(Mode mode, String name, String value, String line) {
        Request request = request(mode).set(name, plain(value)).build();
        assertThat(UnusedSettings.of(request, DEFAULTS))
                .containsExactlyElementsOf(line.isEmpty() ? Set.of() : Set.of(line));
    }

    private static Object plain(String value) {
        return value.matches("[0-9]+")
                ? (Object) Integer.valueOf(value)
                : value.matches("[0-9.]+") ? (Object) Double.valueOf(value) : value;
    }

    @Test
    void whatStandsInPlaceOfTheDensityAndWhatATailLeavesUnmeasuredIsSaid() {
        Map<Mode, Map<String, Object>> said =
                Map.of(
                        Mode.SOL, Map.of("density", 0.5, "tau", 1),
                        Mode.SVG2, Map.of("density", 0.5, "topP", 0.9),
                        Mode.SVG, Map.of("tail", "on", "auditRows", 9));
        said.forEach((mode, values) -> {
            RequestBuilder request = request(mode);
            values.forEach(request::set);
            String line =
                    switch (mode) {
                        case SOL -> "density is not used with tau";
                        case SVG2 -> "density is not used with top p";
                        default ->
                                "audit rows is not used with a tail: errors are measured without"
                                        + " one";
                    };
            assertThat(UnusedSettings.of(request.build(), DEFAULTS)).containsExactly(line);
        });
        assertThat(Mode.SVG.budgets()).containsExactly(Budget.values());
    }
}

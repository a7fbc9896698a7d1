package org.svgen.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Contrast as WCAG 2.2 has it: 4.5 for text, 3 for what is drawn. */
class ColourTest {
    private static final Pattern VARIABLE = Pattern.compile("--([a-z0-9]+): (#[0-9a-f]{6});");

    private final List<String> schemes =
            List.of(
                    Template.style()
                            .split("(?=@media screen and \\(prefers-color-scheme: dark\\))"));

    private Map<String, String> light() {
        Map<String, String> colours = new HashMap<>(colours(schemes.get(0)));
        colours.putAll(colours(schemes.get(1).substring(schemes.get(1).indexOf("svg.plot"))));
        return colours;
    }

    private Map<String, String> dark() {
        Map<String, String> colours = new HashMap<>(light());
        colours.putAll(colours(schemes.get(1).substring(0, schemes.get(1).indexOf(".f-paper"))));
        colours.putAll(colours(schemes.get(2)));
        return colours;
    }

    private static Map<String, String> colours(String css) {
        Map<String, String> colours = new HashMap<>();
        VARIABLE.matcher(css).results().forEach(r -> colours.put(r.group(1), r.group(2)));
        return colours;
    }

    @Test
    void theStyleSheetHasTheColoursOfPlots() {
        assertThat(schemes).hasSize(3);
        for (Colour colour : Colour.values()) {
            assertThat(light()).containsEntry(colour.key(), colour.onWhite());
            assertThat(dark().get(colour.key())).isNotEqualTo(colour.onWhite());
            assertThat(Template.plotStyle())
                    .contains(".f-" + colour.key() + " {", ".s-" + colour.key() + " {");
        }
    }

    @Test
    void textAndMarksStandOutOnBothPapers() {
        for (Map<String, String> scheme : List.of(light(), dark())) {
            for (String paper : List.of("paper", "card", "note", "badge")) {
                assertThat(contrast(scheme, "ink", paper)).as(paper).isGreaterThan(7);
            }
            assertThat(contrast(scheme, "muted", "paper")).isGreaterThan(4.5);
            assertThat(contrast(scheme, "muted", "card")).isGreaterThan(4.5);
            assertThat(contrast(scheme, "link", "paper")).isGreaterThan(4.5);
            for (Colour colour : Colour.values()) {
                if (colour.name().startsWith("S")) {
                    assertThat(contrast(scheme, colour.key(), "paper"))
                            .as("%s on %s", colour, scheme.get("paper"))
                            .isGreaterThan(4.0);
                }
            }
        }
    }

    private static double contrast(Map<String, String> scheme, String a, String b) {
        double one = luminance(scheme.getOrDefault(a, ""));
        double other = luminance(scheme.getOrDefault(b, ""));
        return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    }

    private static double luminance(String hex) {
        double[] weights = {0.2126, 0.7152, 0.0722};
        double sum = 0;
        for (int i = 0; i < 3; i++) {
            double value = Integer.parseInt(hex.substring(1 + 2 * i, 3 + 2 * i), 16) / 255.0;
            sum +=
                    weights[i]
                            * (value <= 0.04045
                                    ? value / 12.92
                                    : Math.pow((value + 0.055) / 1.055, 2.4));
        }
        return sum;
    }
}

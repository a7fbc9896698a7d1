package org.svgen.lab.heads;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Recipe;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Sampling;
import org.svgen.pipeline.VideoSize;

class HeadMapTest {
    private static final int MARGIN = 12;
    private static final int BELOW_PANELS = 11;

    @TempDir Path folder;

    @Test
    void everyCellHasTheColourOfItsKind() throws IOException {
        // Two layers of three heads; the last step is without guidance.
        Report report =
                report(
                        List.of("", ""),
                        List.of("", "std tts"),
                        List.of("dst sss", "ttt ddd"),
                        List.of("tds", "sst"));
        BufferedImage picture = written(report);
        HeadChoices choices = HeadChoices.of(report);
        HeadMapLayout layout = HeadMapLayout.of(choices);
        String[][] expected = { // by layer and branch: heads from above, steps to the right
            {"wwdn wwsn wwtn", "wwst wwsd wwss"}, {"wstn wttn wdtn", "wtds wtds wsdt"}
        };
        int top = picture.getHeight() - layout.height() - BELOW_PANELS;
        for (int layer = 0; layer < 2; layer++) {
            for (int branch = 0; branch < 2; branch++) {
                List<String> rows = new ArrayList<>();
                for (int head = 0; head < 3; head++) {
                    StringBuilder row = new StringBuilder();
                    for (int step = 0; step < 4; step++) {
                        int x = MARGIN + layout.x(layer) + step * layout.cell();
                        int y = top + layout.y(layer, branch) + head * layout.cellHeight();
                        row.append(letter(picture, x, y));
                        assertThat(
                                        letter(
                                                picture,
                                                x + layout.cell() - 1,
                                                y + layout.cellHeight() - 1))
                                .as("the other corner of the cell")
                                .isEqualTo(letter(picture, x, y));
                    }
                    rows.add(row.toString());
                }
                assertThat(String.join(" ", rows))
                        .as("layer %d, branch %d", layer, branch)
                        .isEqualTo(expected[layer][branch]);
            }
        }
    }

    @Test
    void sharesCountTheHeadsOfAStepAndOfALayer() {
        HeadChoices choices =
                HeadChoices.of(report(List.of("", "std tts"), List.of("dst sss", "ttt ddd")));
        assertThat(choices.ofStep(0, 0))
                .isEqualTo(
                        Map.of(
                                Cell.of(HeadChoice.WARM_UP),
                                3,
                                Cell.of(HeadChoice.SPATIAL),
                                1,
                                Cell.of(HeadChoice.TEMPORAL),
                                1,
                                Cell.of(HeadChoice.DENSE),
                                1));
        assertThat(choices.ofLayer(1, 1))
                .isEqualTo(
                        Map.of(
                                Cell.of(HeadChoice.TEMPORAL),
                                2,
                                Cell.of(HeadChoice.SPATIAL),
                                1,
                                Cell.of(HeadChoice.DENSE),
                                3));
    }

    @Test
    void widthsAreShadesOfTheirKind() throws IOException {
        Report report = ofWidths(List.of("std", "tts"), List.of("02-", "120"));
        HeadChoices choices = HeadChoices.of(report);
        assertThat(choices.ofStep(0, 0))
                .isEqualTo(
                        Map.of(
                                new Cell(HeadChoice.SPATIAL, 0),
                                2,
                                new Cell(HeadChoice.TEMPORAL, 2),
                                2,
                                new Cell(HeadChoice.TEMPORAL, 1),
                                1,
                                Cell.of(HeadChoice.DENSE),
                                1));
        BufferedImage picture = written(report);
        HeadMapLayout layout = HeadMapLayout.of(choices);
        Shades shades = new Shades(3);
        int top = picture.getHeight() - layout.height() - BELOW_PANELS;
        for (int layer = 0; layer < 2; layer++) {
            for (int head = 0; head < 3; head++) {
                int x = MARGIN + layout.x(layer);
                int y = top + layout.y(layer, 0) + head * layout.cellHeight();
                assertThat(picture.getRGB(x, y))
                        .as("layer %d, head %d", layer, head)
                        .isEqualTo(shades.of(choices.at(0, layer, 0, head)).getRGB());
            }
        }
    }

    @Test
    void errorsOfStepsAndLayersHaveALineOfTheirOwn() throws IOException {
        Report without = report(List.of("std", "tts"));
        Report with = ofWidths(List.of("std", "tts"), List.of("02-", "120"));
        int legend = 2 * 20; // two lines more
        assertThat(written(with).getHeight())
                .isEqualTo(written(without).getHeight() + legend + 40 + 2 * 11 + HeadMapLayout.GAP);
        assertThat(Errors.of(with).greatest()).isEqualTo(0.2);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 7})
    void widerBandsAreDarkerAndKindsApartWithoutHues(int widths) {
        Shades shades = new Shades(widths);
        double[] lightness =
                shades.cells().stream().mapToDouble(cell -> lightness(shades.of(cell))).toArray();
        assertThat(lightness).isSorted();
        for (int i = 1; i < lightness.length; i++) {
            boolean sameKind = shades.cells().get(i).choice() == shades.cells().get(i - 1).choice();
            assertThat(lightness[i] - lightness[i - 1]).isGreaterThan(sameKind ? 3.5 : 5);
        }
    }

    @Test
    void ofADenseRunThereIsNoMap() {
        Report dense = report(List.of("", ""), List.of("", ""));
        assertThat(HeadMap.of(recipe(dense), dense)).isEmpty();
        Report nothing = report();
        assertThat(HeadMap.of(recipe(nothing), nothing)).isEmpty();
    }

    @Test
    void coloursDifferInLightness() {
        double[] lightness =
                Arrays.stream(HeadChoice.values())
                        .mapToDouble(choice -> lightness(choice.color()))
                        .toArray();
        assertThat(lightness).isSorted();
        for (int i = 1; i < lightness.length; i++) {
            assertThat(lightness[i] - lightness[i - 1]).isGreaterThan(10);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "8, 3, 50, 2, 1400, 1000, 60_000",
        "42, 48, 50, 2, 1400, 1600, 120_000",
        "60, 24, 50, 1, 1400, 1600, 120_000",
        "40, 40, 4, 1, 1400, 1800, 100_000",
        "30, 12, 1000, 2, 1400, 3000, 500_000",
        "1, 1, 1, 1, 1400, 500, 10_000"
    })
    void runsOfAllLengthsFitAPictureWithNothingCutOff(
            int layers, int heads, int steps, int branches, int width, int height, String bytes)
            throws IOException {
        Random random = new Random(1);
        Report report =
                report(
                        random.ints(steps, 0, Integer.MAX_VALUE)
                                .mapToObj(seed -> step(new Random(seed), layers, heads, branches))
                                .toArray(List[]::new));
        BufferedImage picture = written(report);
        assertThat(picture.getWidth()).isLessThan(width);
        assertThat(picture.getHeight()).isLessThan(height);
        assertThat(Files.size(folder.resolve("h.png")))
                .isLessThan(Long.parseLong(bytes.replace("_", "")));
        for (int y = 0; y < picture.getHeight(); y++) {
            assertThat(picture.getRGB(picture.getWidth() - MARGIN / 2, y))
                    .as("the right margin at %d", y)
                    .isEqualTo(Color.WHITE.getRGB());
        }
        for (int x = 0; x < picture.getWidth(); x++) {
            assertThat(picture.getRGB(x, picture.getHeight() - 1))
                    .as("the lower margin at %d", x)
                    .isEqualTo(Color.WHITE.getRGB());
        }
    }

    private static List<String> step(Random random, int layers, int heads, int branches) {
        List<String> step = new ArrayList<>();
        for (int layer = 0; layer < layers; layer++) {
            List<String> words = new ArrayList<>();
            for (int branch = 0; branch < branches; branch++) {
                StringBuilder word = new StringBuilder();
                random.ints(heads, 0, 3).forEach(i -> word.append("std".charAt(i)));
                words.add(word.toString());
            }
            step.add(String.join(" ", words));
        }
        return step;
    }

    private BufferedImage written(Report report) throws IOException {
        Path out = folder.resolve("h.png");
        HeadMap.of(recipe(report), report).orElseThrow().write(out);
        return ImageIO.read(out.toFile());
    }

    private static char letter(BufferedImage picture, int x, int y) {
        int rgb = picture.getRGB(x, y);
        for (HeadChoice choice : HeadChoice.values()) {
            if (choice.color().getRGB() == rgb) {
                return choice == HeadChoice.WARM_UP
                        ? 'w'
                        : choice.name().toLowerCase(Locale.ROOT).charAt(0);
            }
        }
        return '?';
    }

    /** L* of CIELAB. */
    private static double lightness(Color color) {
        float[] rgb = color.getRGBColorComponents(null);
        double y = 0.2126 * linear(rgb[0]) + 0.7152 * linear(rgb[1]) + 0.0722 * linear(rgb[2]);
        return y > 0.008856 ? 116 * Math.cbrt(y) - 16 : 903.3 * y;
    }

    private static double linear(double c) {
        return c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4);
    }

    /** One step, of three widths. */
    private static Report ofWidths(List<String> heads, List<String> widths) {
        return report(
                List.of(
                        new Report.Step(
                                0,
                                500,
                                1,
                                0.5,
                                heads,
                                false,
                                OptionalDouble.empty(),
                                widths,
                                OptionalDouble.of(0.1),
                                List.of())),
                List.of(0.1, 0.2, 0.4),
                new Report.Receipt(
                        OptionalDouble.of(0.1),
                        OptionalDouble.empty(),
                        List.of(0.05, 0.2),
                        OptionalDouble.empty(),
                        0));
    }

    @SafeVarargs
    private static Report report(List<String>... heads) {
        List<Report.Step> steps = new ArrayList<>();
        for (List<String> step : heads) {
            steps.add(
                    new Report.Step(
                            steps.size(),
                            500,
                            1,
                            0.5,
                            step,
                            false,
                            OptionalDouble.empty(),
                            List.of(),
                            OptionalDouble.empty(),
                            List.of()));
        }
        return report(steps, List.of(), Report.Receipt.NONE);
    }

    private static Report report(
            List<Report.Step> steps, List<Double> widths, Report.Receipt receipt) {
        return new Report(
                "CogVideoXPipeline demo",
                "c0ffee",
                "cpu",
                Map.of(),
                0,
                steps,
                0.5,
                OptionalDouble.of(0.3),
                Collections.emptyList(),
                0,
                0,
                0,
                0,
                widths,
                receipt);
    }

    private static Recipe recipe(Report report) {
        Request request =
                Request.of(
                        "x",
                        Defaults.of(
                                new VideoSize(160, 160, 33, 8),
                                Sampling.of(50, 6),
                                AttentionSettings.DEFAULT));
        return Recipe.of(request, report, "cpu");
    }
}

package org.svgen.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.svgen.lab.metrics.Measure;
import org.svgen.lab.study.Method;
import org.svgen.lab.study.RunResult;
import org.svgen.lab.study.StudyResults;

class FindingsTest {
    private static final StudyResults EMPTY = MadeUpStudy.of(0, 1);

    @Test
    void meansDifferencesAndSpeedAreThoseOfTheClips() {
        Findings findings =
                Findings.of(
                        study(
                                run("dense", 0, 10, Map.of()),
                                run("old", 0, 8, Map.of("psnr", 28.0)),
                                run("new", 0, 5, Map.of("psnr", 30.0)),
                                run("dense", 1, 20, Map.of()),
                                run("old", 1, 12, Map.of("psnr", 31.0)),
                                run("new", 1, 5, Map.of("psnr", 34.0))));
        Standing better = findings.standings().get(2);
        assertThat(better.mean(Measure.PSNR)).isCloseTo(32, within(1e-12));
        assertThat(better.differences().get(Measure.PSNR).estimate()).isCloseTo(2.5, within(1e-12));
        assertThat(better.speed().estimate()).isCloseTo(3, within(1e-12));
        assertThat(findings.standings().get(1).differences()).isEmpty();
        assertThat(findings.front(Measure.PSNR)).containsExactly(better);
        assertThat(findings.measures()).containsExactly(Measure.PSNR);
    }

    @Test
    void clipsThatLackAMethodAreLeftOut() {
        Findings findings =
                Findings.of(
                        study(
                                run("dense", 0, 10, Map.of()),
                                run("old", 0, 8, Map.of("psnr", 28.0)),
                                run("new", 0, 5, Map.of("psnr", 30.0)),
                                run("dense", 1, 20, Map.of()),
                                run("old", 1, 12, Map.of("psnr", 31.0))));
        assertThat(findings.clips()).hasSize(1);
        assertThat(new Caveats(findings).all()).anyMatch(note -> note.contains("not done"));
    }

    @Test
    void aMeasureThatNotAllClipsHaveIsLeftOutAndSaidSo() {
        Findings findings =
                Findings.of(
                        study(
                                run("dense", 0, 10, Map.of()),
                                run("old", 0, 8, Map.of("psnr", 28.0, "ms_ssim", 0.9)),
                                run("new", 0, 5, Map.of("psnr", 30.0))));
        assertThat(findings.measures()).containsExactly(Measure.PSNR);
        assertThat(new Caveats(findings).all())
                .anyMatch(note -> note.equals("MS-SSIM is left out: not all clips have it."));
    }

    @Test
    void whereNothingDiffersAMeanIsStillANumber() {
        Findings findings =
                Findings.of(
                        study(
                                run("dense", 0, 10, Map.of()),
                                run("old", 0, 8, Map.of("psnr", Double.POSITIVE_INFINITY)),
                                run("new", 0, 5, Map.of("psnr", 30.0))));
        double mean = findings.standings().get(1).mean(Measure.PSNR);
        assertThat(mean).isEqualTo(Findings.IDENTICAL_DB);
        assertThat(Numbers.of(Measure.PSNR, mean)).isEqualTo("identical");
    }

    @Test
    void whatDiffersByRoundingIsNotCalledIdentical() {
        assertThat(Numbers.of(Measure.PSNR, 131.67)).isEqualTo("131.67");
    }

    @Test
    void aFloorOfNothingIsNotDrawnIntoThePlot() {
        Findings exact = Findings.of(MadeUpStudy.exact(3, 1));
        assertThat(new ParetoPlot(exact, Measure.PSNR).floor()).isEmpty();
        Findings rough = Findings.of(MadeUpStudy.of(3, 1));
        assertThat(new ParetoPlot(rough, Measure.PSNR).floor())
                .isEqualTo(Optional.of(rough.floor().orElseThrow().mean(Measure.PSNR)));
    }

    /** A page can be written before the first clip is done. */
    @Test
    void withoutClipsThereIsAPageThatSaysSo() {
        Findings nothing = Findings.of(EMPTY);
        Page page = new PageMaker(nothing, Path.of("none"), Pictures.BUDGET).page();
        assertThat(Template.html(page)).contains("No clip was made by all methods yet.");
    }

    private static StudyResults study(RunResult... runs) {
        return new StudyResults(
                "made up",
                "svgen study made-up.yaml",
                EMPTY.subject(),
                Map.of(),
                List.of("a", "b"),
                List.of(1L),
                List.of(
                        new Method("dense", Method.Role.REFERENCE, Map.of()),
                        new Method("old", Method.Role.METHOD, Map.of()),
                        new Method("new", Method.Role.METHOD, Map.of())),
                new ArrayList<>(List.of(runs)),
                List.of());
    }

    private static RunResult run(
            String method, int prompt, double seconds, Map<String, Double> measures) {
        return new RunResult(
                method, prompt, 1, seconds, seconds, 1, List.of(), measures, Map.of(), Map.of());
    }
}

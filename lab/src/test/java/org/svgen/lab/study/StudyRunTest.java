package org.svgen.lab.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.lab.metrics.Measure;
import org.svgen.lab.study.TinyStudy.Ear;
import org.svgen.pipeline.Calibration;
import org.svgen.pipeline.CancelledException;
import org.svgen.run.CalibrationFile;
import org.svgen.tensor.BadInputException;
import org.svgen.testkit.Goldens;

/** Of videos that are drawn, since runs and what is kept of them are what matters. */
class StudyRunTest {
    @TempDir Path folder;

    private Path out() {
        return folder.resolve("out");
    }

    private Ear run(String text) {
        Ear ear = new Ear();
        TinyStudy.run(text, out(), ear);
        return ear;
    }

    private Set<String> files() throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.walk(out())) {
            files.filter(Files::isRegularFile)
                    .forEach(file -> names.add(out().relativize(file).toString()));
        }
        return names;
    }

    private List<String> lines(String name) throws IOException {
        return Files.readAllLines(out().resolve(name));
    }

    @Test
    void limitsOfErrorMakeACalibration() {
        String file =
                """
                prompts: [a panda, a fox]
                seeds: 10
                methods:
                  svg: {density: 0.1, budget: moving, max_error: [0.5, 0.1, 0.3], audit_rows: 8}
                warm_up: no
                """;
        StudyResults results = TinyStudy.run(file, out(), new Ear());
        Calibration calibration = CalibrationFile.read(out().resolve(CalibrationFile.NAME));
        assertThat(calibration.modelHash()).isEqualTo(DrawnPipeline.HASH);
        assertThat(calibration.videos()).isEqualTo(20);
        assertThat(calibration.points())
                .extracting(Calibration.Point::maxError)
                .containsExactly(0.1, 0.3, 0.5);
        for (Calibration.Point point : calibration.points()) {
            double limit = point.maxError();
            long reached =
                    results.runs().stream()
                            .filter(run -> run.others().getOrDefault("receipt_error", 0.0) == limit)
                            .filter(run -> run.measures().get("psnr") >= point.psnr())
                            .count();
            assertThat(reached).as("videos of %s", limit).isGreaterThanOrEqualTo(18);
            assertThat(calibration.maxErrorFor(point.psnr())).isCloseTo(limit, within(1e-12));
        }
        // Twenty ratios of 1 to 1.09: 95 % leave one out, and there are two of the greatest.
        assertThat(calibration.bound().orElseThrow().factor()).isCloseTo(1.09, within(1e-9));
        assertThat(calibration.settings()).containsEntry("density", 0.1).containsKey("steps");
    }

    @Test
    void tooFewVideosMakeNoCalibrationAndOneLineSaysSo() {
        Ear ear =
                run(
                        """
                        prompts: [a panda, a fox]
                        methods:
                          svg: {density: 0.1, budget: moving, max_error: [0.1, 0.3]}
                        warm_up: no
                        """);
        assertThat(ear.notes)
                .contains("no calibration: expected 9 videos or more of each limit, found 2");
        assertThat(out().resolve(CalibrationFile.NAME)).doesNotExist();
    }

    @Test
    void methodsTakeTurnsInComingFirst() {
        Ear ear = run(TinyStudy.FILE);
        assertThat(ear.runs)
                .containsExactly(
                        "dense 0 5",
                        "floor 0 5",
                        "svg, density 0.4 0 5",
                        "svg, density 0.6 0 5",
                        "dense 1 5",
                        "svg, density 0.4 1 5",
                        "svg, density 0.6 1 5",
                        "floor 1 5");
        assertThat(ear.progress.getFirst().done()).isEqualTo(1);
        assertThat(ear.progress.getFirst().secondsLeft().getAsDouble()).isPositive();
        assertThat(ear.progress.getLast().done()).isEqualTo(8);
        assertThat(ear.progress.getLast().secondsLeft()).hasValue(0);
    }

    @Test
    void aStudyThatWasStoppedGoesOnWhereItWas() throws IOException {
        Ear first = new Ear(6);
        assertThatThrownBy(() -> TinyStudy.run(TinyStudy.FILE, out(), first))
                .isInstanceOf(CancelledException.class);
        assertThat(first.runs).hasSize(6);
        assertThat(lines("journal.jsonl")).hasSize(6);
        assertThat(lines("results.csv")).as("the pair that is whole").hasSize(5);
        Ear second = run(TinyStudy.FILE);
        assertThat(second.there).isEqualTo(6);
        assertThat(second.runs).containsExactly("svg, density 0.6 1 5", "floor 1 5");
        Ear third = run(TinyStudy.FILE);
        assertThat(third.there).isEqualTo(8);
        assertThat(third.runs).isEmpty();
        assertThat(files()).noneMatch(name -> name.startsWith("."));
    }

    @Test
    void aReferenceWhoseFramesAreGoneIsMadeAgain() throws IOException {
        assertThatThrownBy(() -> TinyStudy.run(TinyStudy.FILE, out(), new Ear(2)))
                .isInstanceOf(CancelledException.class);
        for (String name : files()) {
            if (name.startsWith(".reference-")) {
                Files.delete(out().resolve(name));
            }
        }
        Ear ear = run(TinyStudy.FILE);
        assertThat(ear.there).isEqualTo(2);
        assertThat(ear.runs).startsWith("dense 0 5", "svg, density 0.4 0 5").hasSize(7);
    }

    @Test
    void aTornLineIsCutOffAndADamagedOneIsDoneAgain() throws IOException {
        run(TinyStudy.FILE);
        Path journal = out().resolve(Journal.NAME);
        List<String> whole = lines("journal.jsonl");
        Files.writeString(
                journal,
                String.join("\n", whole.subList(0, 5))
                        + "\n{\"key\":\"no run\"}\n"
                        + whole.get(6)
                        + "\n"
                        + whole.get(7).substring(0, 200));
        Ear ear = run(TinyStudy.FILE);
        assertThat(ear.there).isEqualTo(6);
        assertThat(ear.notes)
                .contains(
                        journal + ": the last line was torn; that run is done again",
                        journal + ": 1 line is of no use here; such runs are done again");
        assertThat(ear.runs)
                .as("with the reference, for its frames")
                .containsExactly("dense 1 5", "svg, density 0.4 1 5", "floor 1 5");
        assertThat(run(TinyStudy.FILE).runs).isEmpty();
    }

    @Test
    void aStudyThatWasChangedKeepsWhatIsStillRight() {
        run(TinyStudy.FILE);
        Ear renamed = run(TinyStudy.FILE.replace("  svg:", "  mine:"));
        assertThat(renamed.runs).isEmpty();
        Ear turned = run(TinyStudy.FILE.replace("a panda, a fox", "a fox, a panda"));
        assertThat(turned.runs).isEmpty();
        Ear more = run(TinyStudy.FILE.replace("0.4, 0.6", "0.4, 0.5"));
        assertThat(more.there).isEqualTo(6);
        assertThat(more.runs)
                .filteredOn(run -> !run.startsWith("dense"))
                .containsExactly("svg, density 0.5 0 5", "svg, density 0.5 1 5");
        Ear guided = new Ear(0);
        assertThatThrownBy(() ->
                        TinyStudy.run(
                                TinyStudy.FILE.replace("guidance: 3", "guidance: 4"),
                                out(),
                                guided))
                .isInstanceOf(CancelledException.class);
        assertThat(guided.there).isZero();
    }

    @Test
    void twoStudiesDoNotShareAFolder() {
        StudyListener inner =
                new StudyListener() {
                    @Override
                    public void begins(
                            StudyProgress progress, String method, int prompt, long seed) {
                        assertThatThrownBy(() -> run(TinyStudy.FILE))
                                .isInstanceOf(BadInputException.class)
                                .hasMessage(out() + ": another study is at work there");
                        throw new CancelledException();
                    }
                };
        assertThatThrownBy(() -> TinyStudy.run(TinyStudy.FILE, out(), inner))
                .isInstanceOf(CancelledException.class);
    }

    @Test
    void aFolderOfOtherFilesIsRefused() throws IOException {
        Files.createDirectories(out());
        Files.writeString(out().resolve("letter.txt"), "x");
        assertThatThrownBy(() -> run(TinyStudy.FILE))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        out() + ": expected an empty folder or that of a study, found other files");
        assertThat(files()).containsExactly("letter.txt");
        Path file = out().resolve("letter.txt");
        assertThatThrownBy(() -> TinyStudy.run(TinyStudy.FILE, file, StudyListener.SILENT))
                .hasMessage(file + ": expected a folder, found a file");
    }

    @Test
    void videosAreKeptIfTheStudySaysSo() throws IOException {
        String kept = TinyStudy.FILE + "keep_videos: yes\n";
        run(TinyStudy.FILE);
        Ear ear = run(kept);
        assertThat(ear.there).as("runs whose videos are gone").isZero();
        assertThat(files()).filteredOn(name -> name.matches("videos/.*\\.mp4")).hasSize(8);
        assertThat(run(kept).runs).isEmpty();
        Files.delete(
                out().resolve(
                                files().stream()
                                        .filter(name -> name.contains("videos/p02-s5-floor"))
                                        .findFirst()
                                        .orElseThrow()));
        assertThat(run(kept).runs).containsExactly("dense 1 5", "floor 1 5");
    }

    @Test
    void lpipsIsMeasuredIfThereAreWeightsAndIsSaidByWhich() {
        Path weights = Goldens.folder("lpips").resolve("vgg_narrow.safetensors");
        String small = TinyStudy.FILE.replace("a panda, a fox", "a fox").replace("0.4, 0.6", "0.4");
        run(small);
        Ear ear = new Ear();
        StudyResults results = TinyStudy.run(small + "lpips_weights: " + weights, out(), ear);
        assertThat(ear.there).as("runs that were judged without").isEqualTo(1);
        assertThat(results.notes()).first().asString().startsWith("LPIPS is by VGG16 of width ");
        assertThat(results.runs().getLast().measures().get(Measure.LPIPS.key())).isPositive();
    }

    @Test
    void anOutlookCountsRunsAndTheirSeconds() {
        Outlook outlook = Outlook.of(TinyStudy.study(TinyStudy.FILE), TinyStudy.DRAWN, plan -> 1.5);
        assertThat(outlook.runs()).isEqualTo(8);
        assertThat(outlook.allSeconds()).isEqualTo(12);
        assertThat(outlook.seconds().keySet())
                .containsExactly("dense", "floor", "svg, density 0.4", "svg, density 0.6");
    }
}

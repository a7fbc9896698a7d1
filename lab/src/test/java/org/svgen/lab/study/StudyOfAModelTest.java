package org.svgen.lab.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.lab.metrics.Measure;
import org.svgen.lab.study.Method.Role;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.Recipe;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.Goldens;

/** A study of a model that is tiny but real. */
class StudyOfAModelTest {
    private static Backend backend;
    private static StudyModel model;

    @TempDir Path folder;

    @BeforeAll
    static void open() {
        Path tiny = Goldens.folder("wan-t2v-tiny");
        backend = Backends.open("cpu", note -> {});
        VideoPipeline pipeline = Pipelines.openSession(tiny, backend);
        try (Checkpoint checkpoint = Checkpoint.open(tiny)) {
            Subject subject =
                    new Subject(
                            checkpoint.name(),
                            checkpoint.hash(),
                            backend.summary(),
                            "f32",
                            Recipe.version());
            model = new StudyModel(pipeline, subject, Long.MAX_VALUE);
        }
    }

    @AfterAll
    static void close() {
        model.pipeline().close();
        backend.close();
    }

    private Path out() {
        return folder.resolve("out");
    }

    private StudyResults run(String text, StudyListener listener) {
        return StudyRun.run(TinyStudy.study(text), model, out(), "svgen study", listener);
    }

    private List<String> lines(String name) throws IOException {
        return Files.readAllLines(out().resolve(name));
    }

    private Set<String> files() throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.walk(out())) {
            files.filter(Files::isRegularFile)
                    .forEach(file -> names.add(out().relativize(file).toString()));
        }
        return names;
    }

    @Test
    void everyMethodMakesEveryVideoAndIsComparedWithTheReference() throws IOException {
        StudyResults results = run(TinyStudy.FILE, StudyListener.SILENT);
        assertThat(results.prompts()).containsExactly("a panda", "a fox");
        assertThat(results.methods())
                .extracting(Method::role)
                .containsExactly(Role.REFERENCE, Role.FLOOR, Role.METHOD, Role.METHOD);
        assertThat(results.runs())
                .extracting(run -> "%s %d %d".formatted(run.method(), run.prompt(), run.seed()))
                .containsExactly(
                        "dense 0 5",
                        "floor 0 5",
                        "svg, density 0.4 0 5",
                        "svg, density 0.6 0 5",
                        "dense 1 5",
                        "floor 1 5",
                        "svg, density 0.4 1 5",
                        "svg, density 0.6 1 5");
        results.runs().forEach(this::check);
        assertThat(files())
                .contains("journal.jsonl", "results.csv", "steps.csv", "study.json")
                .filteredOn(name -> !name.startsWith("pictures/"))
                .hasSize(4);
        assertThat(lines("results.csv")).hasSize(9);
        assertThat(lines("results.csv").getFirst())
                .startsWith(
                        "method,role,prompt,text,seed,attention,cache,density,dense_steps,dense_layers,"
                                + "seconds,denoising_seconds,kept_density,mse,psnr,");
        assertThat(lines("results.csv").get(3))
                .startsWith("\"svg, density 0.4\",method,1,a panda,5,,,0.4,1,0,");
        assertThat(lines("steps.csv")).hasSize(1 + 8 * 3);
        assertThat(lines("steps.csv").get(2)).startsWith("dense,1,5,2,").endsWith(",1.0,false");
    }

    private void check(RunResult run) {
        assertThat(run.seconds()).isGreaterThan(run.denoisingSeconds());
        assertThat(run.denoisingSeconds()).isPositive();
        assertThat(run.steps()).hasSize(3);
        double psnr = run.measures().getOrDefault(Measure.PSNR.key(), Double.NaN);
        switch (run.method()) {
            case "dense" -> assertThat(run.measures()).isEmpty();
            case "floor" -> assertThat(psnr).isGreaterThan(90);
            default -> {
                assertThat(psnr).isBetween(5.0, 80.0);
                assertThat(run.density()).isBetween(0.4, 0.9);
                assertThat(run.others()).containsKeys("receipt_error", "audit_error");
                assertThat(run.steps().getFirst().density()).isEqualTo(1);
                assertThat(run.steps().getLast().density()).isLessThan(0.8);
                assertThat(run.pictures()).containsKeys(Picture.FRAMES, Picture.HEADS);
            }
        }
        run.pictures().values().forEach(name -> assertThat(out().resolve(name)).isNotEmptyFile());
    }

    @Test
    void aWarmUpComesFirstIfTheStudySaysSo() {
        List<String> warm = new ArrayList<>();
        StudyListener listener =
                new StudyListener() {
                    @Override
                    public void warmsUp(String method) {
                        warm.add(method);
                    }

                    @Override
                    public void begins(
                            StudyProgress progress, String method, int prompt, long seed) {
                        throw new CancelledException();
                    }
                };
        String text = TinyStudy.FILE.replace("warm_up: no", "warm_up: yes");
        assertThatThrownBy(() -> run(text, listener)).isInstanceOf(CancelledException.class);
        assertThat(warm).containsExactly("dense", "svg, density 0.4");
    }

    @Test
    void whatTheModelCannotDoIsRefusedWithItsPlaceBeforeAnythingRuns() {
        refused(
                TinyStudy.FILE.replace("width: 32", "width: 33"),
                "s.yaml, line 4, column 12: width 33: expected a multiple of 16; the nearest are 32"
                        + " and 48");
        refused(
                TinyStudy.FILE.replace("dense_layers: 0", "steps: 5000"),
                "s.yaml, line 7, column 46: steps: expected 1 to 1000, found 5000");
        refused(
                TinyStudy.FILE.replace("dense_layers: 0", "llama_rotary: f16"),
                "s.yaml, line 7, column 3: 'svg, density 0.4': llama rotary is not used: this model"
                        + " has no such setting");
        refused(
                TinyStudy.FILE.replace("[a panda, a fox]", "examples"),
                "s.yaml, line 2, column 10: prompts: expected a list of prompts, for this model has"
                        + " no examples; found examples");
        refused(
                TinyStudy.FILE.replace("[a panda, a fox]", "3"),
                "s.yaml, line 2, column 10: prompts: expected a list of prompts, for this model has"
                        + " no examples; found 3");
        assertThat(out()).doesNotExist();
    }

    private void refused(String text, String line) {
        assertThatThrownBy(() -> run(text, StudyListener.SILENT))
                .isInstanceOf(BadInputException.class)
                .hasMessage(line);
    }
}

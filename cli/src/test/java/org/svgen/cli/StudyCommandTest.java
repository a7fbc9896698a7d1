package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.lab.study.file.Presets;
import org.svgen.testkit.Goldens;

class StudyCommandTest {
    private static final String TINY =
            """
            title: Tiny
            model: %s
            device: cpu
            prompts: [a panda]
            settings: {width: 32, height: 32, frames: 9, steps: 2, guidance: 3}
            methods:
              svg: {density: 0.5, dense_steps: 1, dense_layers: 0}
            warm_up: no
            """
                    .formatted(Goldens.folder("wan-t2v-tiny"));

    @TempDir Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("tiny.yaml"), text);
    }

    @Test
    void aStudyWritesItsFilesAndGoesOnWhereItWas() throws IOException {
        Path file = file(TINY);
        Path out = folder.resolve("out");
        Cli first = Cli.runWithoutModel("study", file.toString(), "--output", out.toString());
        assertThat(first.code()).as(first.err()).isZero();
        assertThat(first.out().lines())
                .contains(
                        out.resolve("report.html").toString(),
                        out.resolve("results.csv").toString(),
                        out.resolve("steps.csv").toString(),
                        out.resolve("study.json").toString());
        first.out().lines().forEach(line -> assertThat(Path.of(line)).isNotEmptyFile());
        assertThat(first.errLines())
                .contains("study: Tiny", "2 runs to do", "done: 2 runs")
                .anyMatch(line -> line.matches("1/2 {2}prompt 1, seed 0 {2}dense .*, .* left"))
                .anyMatch(line -> line.matches("2/2 {2}prompt 1, seed 0 {2}svg .*, PSNR .* dB"));
        assertThat(Files.readString(out.resolve("study.json")))
                .contains("\"command\" : \"svgen study %s --output %s\"".formatted(file, out));
        Cli again = Cli.runWithoutModel("study", file.toString(), "--output", out.toString());
        assertThat(again.errLines()).contains("2 runs, 2 of them done already");
        Cli look = Cli.runWithoutModel("study", file.toString(), "--dry-run", "--quiet");
        assertThat(look.code()).as(look.err()).isZero();
        assertThat(look.out()).startsWith("1 prompt x 1 seed x 2 methods = 2 runs, about ");
        assertThat(look.err()).isEmpty();
    }

    @Test
    void presetsAreListedAndPrinted() {
        Cli list = Cli.runWithoutModel("study", "--list-presets");
        assertThat(list.code()).isZero();
        assertThat(list.out().lines())
                .hasSameSizeAs(Presets.names())
                .first()
                .asString()
                .startsWith("quick ");
        Cli print = Cli.runWithoutModel("study", "--preset", "quick", "--print");
        assertThat(print.out()).isEqualTo(Presets.text("quick"));
    }

    @Test
    void wrongUsageIsOneLine() throws IOException {
        refused(
                "expected a study file or --preset, found neither; 'svgen study --list-presets' lists"
                        + " presets");
        refused(
                "expected a study file or --preset, found both; 'svgen study --list-presets' lists"
                        + " presets",
                "a.yaml",
                "--preset=quick");
        refused("unknown preset 'quik'; did you mean quick?", "--preset=quik");
        refused("--print: expected --preset NAME, found a file", "a.yaml", "--print");
        refused("/nowhere/a.yaml: there is no such file", "/nowhere/a.yaml");
        Path file = file(TINY.replace("density", "densty"));
        refused(
                file + ", line 7, column 9: unknown key 'densty'; did you mean density?",
                file.toString());
        refused(
                "--model nonesuch: expected a folder, ORG/NAME on the hub, a file or one of [demo], found none"
                        + " of them",
                "--preset=quick",
                "--model=nonesuch");
        refused(
                "cannot write %s: the input %s would be lost".formatted(folder, file(TINY)),
                folder.resolve("tiny.yaml").toString(),
                "--output=" + folder);
    }

    private static void refused(String line, String... words) {
        String[] all = new String[words.length + 1];
        all[0] = "study";
        System.arraycopy(words, 0, all, 1, words.length);
        Cli cli = Cli.runWithoutModel(all);
        assertThat(cli.code()).as(cli.err()).isEqualTo(2);
        assertThat(cli.errLines()).containsExactly("svgen: " + line);
    }
}

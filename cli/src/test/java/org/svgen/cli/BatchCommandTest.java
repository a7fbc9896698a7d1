package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.media.VideoReader;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.Rules;
import org.svgen.testkit.Goldens;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class BatchCommandTest {
    private static final String ROWS =
            """
            prompt,seed,density,width,height,frames,steps,guidance,dense_steps,dense_layers,output
            a panda,1-2,0.5|0.75,32,32,5,2,3,1,0,
            a tiger,7,,32,32,5,2,3,,,tiger
            """;

    @TempDir Path folder;

    private Path out() {
        return folder.resolve("out");
    }

    private Cli batch(String rows, String... more) throws IOException {
        Path file = Files.writeString(folder.resolve("rows.csv"), rows);
        List<String> words =
                Stream.concat(
                                Stream.of(
                                        "batch",
                                        file.toString(),
                                        "--output=" + out(),
                                        "--device=cpu",
                                        "--model=" + Goldens.folder("wan-t2v-tiny")),
                                Stream.of(more))
                        .toList();
        return Cli.runWithoutModel(words.toArray(String[]::new));
    }

    private List<String> files(String ending) throws IOException {
        try (Stream<Path> files = Files.list(out())) {
            return files.map(f -> String.valueOf(f.getFileName()))
                    .filter(name -> name.endsWith(ending))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void eachRowBecomesItsVideosAndSeveralASheet() throws IOException {
        Cli cli = batch(ROWS);
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(files(".mp4"))
                .hasSize(5)
                .contains("tiger.mp4")
                .filteredOn(name -> !name.equals("tiger.mp4"))
                .allMatch(name ->
                        name.matches("panda-seed-[12]-density-0\\.(5|75)-[0-9a-f]{8}\\.mp4"));
        assertThat(files(".png")).containsExactly("panda-row-2-sheet.png");
        assertThat(cli.out().lines()).hasSize(6).allMatch(line -> Files.exists(Path.of(line)));
        assertThat(cli.errLines())
                .contains("5 videos to make", "done: 5 made, 0 there already, 0 failed")
                .filteredOn(line -> line.matches("[1-5]/5 {2}\\S+\\.mp4 {2}[0-9.]+ s"))
                .hasSize(5);
        assertThat(VideoReader.recipe(out().resolve("tiger.mp4")).orElseThrow().fields())
                .containsEntry("prompt", "a tiger")
                .containsEntry("seed", BigInteger.valueOf(7));
    }

    @Test
    void aVideoIsTheOneThatGenerateMakes() throws IOException {
        assertThat(batch(ROWS).code()).isZero();
        Path alone = folder.resolve("alone.mp4");
        Cli cli =
                Cli.run(
                        Pipelines::open,
                        "",
                        "generate",
                        "a tiger",
                        "--device=cpu",
                        "--model=" + Goldens.folder("wan-t2v-tiny"),
                        "--seed=7",
                        "--width=32",
                        "--height=32",
                        "--frames=5",
                        "--steps=2",
                        "--guidance=3",
                        "--output=" + alone);
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(out().resolve("tiger.mp4")).hasSameBinaryContentAs(alone);
    }

    @Test
    void theSameCommandMakesOnlyWhatIsMissing() throws IOException {
        assertThat(batch(ROWS).code()).isZero();
        Path gone = out().resolve(files(".mp4").getFirst());
        byte[] bytes = Files.readAllBytes(gone);
        Files.delete(gone);
        Path cut = out().resolve("tiger.mp4");
        Files.write(cut, new byte[10]);
        // A kill in the midst of a line.
        Files.writeString(out().resolve("batch.jsonl"), "{\"key\":\"ab", StandardOpenOption.APPEND);
        Cli cli = batch(ROWS + "a tiger,7,,32,32,5,2,3,,,tiger\n", "--json");
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.errLines())
                .contains(
                        "6 videos, 4 of them made already",
                        "done: 2 made, 4 there already, 0 failed")
                .anyMatch(line -> line.contains("the last line was torn"));
        assertThat(gone).hasBinaryContent(bytes);
        assertThat(VideoReader.recipe(cut)).isPresent();
        JsonNode json = new JsonMapper().readTree(cli.out());
        assertThat(json.get("made").asInt()).isEqualTo(2);
        assertThat(json.get("skipped").asInt()).isEqualTo(4);
        assertThat(json.get("videos")).hasSize(6);
        assertThat(json.get("videos").get(4).get("outcome").asString()).isEqualTo("made");
        assertThat(json.get("videos").get(5).get("outcome").asString()).isEqualTo("skipped");
        assertThat(json.get("sheets")).hasSize(1);
    }

    @Test
    void whatTheModelCannotMakeIsToldByLineBeforeAnythingIsMade() throws IOException {
        Cli cli = batch(ROWS + "a cat,1,,32,32,6,2,3,,,\na dog,1,,33,32,5,2,3,,,tiger\n");
        assertThat(cli.code()).isEqualTo(2);
        Path file = folder.resolve("rows.csv");
        assertThat(cli.errLines())
                .hasSize(3)
                .anyMatch(line ->
                        line.startsWith(file + ", line 4, column 16: frames 6: this model makes "))
                .anyMatch(
                        line -> line.startsWith(file + ", line 5, column 10: width 33: expected "))
                .contains("svgen: %s: 2 mistakes, so nothing was made".formatted(file));
        assertThat(out()).doesNotExist();
    }

    @Test
    void namesMustDiffer() throws IOException {
        Cli cli = batch("prompt,seed,output\na panda,1,x\na panda,2,x\na panda,1,y\n");
        assertThat(cli.errLines())
                .contains(
                        "%s, line 3, column 1: output: expected another name than that of line 2"
                                .formatted(folder.resolve("rows.csv")),
                        "%s, line 4, column 1: output: expected the name that line 2 has, which is the same video"
                                .formatted(folder.resolve("rows.csv")));
    }

    @Test
    void aDryRunNamesTheVideosAndMakesNone() throws IOException {
        Cli cli = batch(ROWS, "--dry-run");
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.out().lines())
                .hasSize(5)
                .last()
                .isEqualTo(out().resolve("tiger.mp4").toString());
        assertThat(out()).doesNotExist();
    }

    @Test
    void aFolderWithOtherFilesIsLeftAlone() throws IOException {
        Files.createDirectories(out());
        Files.writeString(out().resolve("diary.txt"), "mine");
        Cli cli = batch(ROWS);
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.errLines())
                .last()
                .isEqualTo(
                        "svgen: %s: expected an empty folder or that of a batch, found other files"
                                .formatted(out()));
    }

    @Test
    void wrongUsageIsOneLine() throws IOException {
        Path file = Files.writeString(folder.resolve("r.csv"), "prompt\na\n");
        refused("--api-key-file: expected with --server alone", file + "", "--api-key-file=x");
        refused(
                "--device: the server has its own; expected without --server",
                file + "",
                "--server=http://localhost:1",
                "--device=cpu");
        refused(
                "--server: expected http://HOST:PORT or https://HOST, found 'localhost:1'",
                file + "",
                "--server=localhost:1");
        refused(
                "--dtype: expected %s, found 'f16'".formatted(Rules.DTYPE.expected()),
                file + "",
                "--dtype=f16");
        refused(
                "--api-key-file /nowhere: there is no such file or folder",
                file + "",
                "--server=http://localhost:1",
                "--api-key-file=/nowhere");
        refused("/nowhere.csv: there is no such file or folder", "/nowhere.csv");
        Cli away = Cli.runWithoutModel("batch", file.toString(), "--server=http://127.0.0.1:1");
        assertThat(away.code()).isEqualTo(1);
        assertThat(away.errLines())
                .singleElement()
                .asString()
                .startsWith("svgen: http://127.0.0.1:1 does not answer: ");
    }

    private static void refused(String line, String... words) {
        String[] all = new String[words.length + 1];
        all[0] = "batch";
        System.arraycopy(words, 0, all, 1, words.length);
        Cli cli = Cli.runWithoutModel(all);
        assertThat(cli.code()).as(cli.err()).isEqualTo(2);
        assertThat(cli.errLines()).containsExactly("svgen: " + line);
    }
}

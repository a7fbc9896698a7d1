package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class BatchByServerTest {
    @TempDir Path folder;

    private VideoServer server;

    @BeforeEach
    void start() throws IOException {
        server = new VideoServer();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private Path out() {
        return folder.resolve("out");
    }

    private Cli batch(String rows, String... more) throws IOException {
        Path file = Files.writeString(folder.resolve("rows.csv"), rows);
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "batch",
                                file.toString(),
                                "--output=" + out(),
                                "--server=" + server.url() + "/v1/"));
        words.addAll(List.of(more));
        return Cli.run(
                Map.of("SVGEN_API_KEY", "sk-svgen-abc"),
                (_, _, _) -> {
                    throw new AssertionError("a model was opened here");
                },
                "",
                words.toArray(String[]::new));
    }

    @Test
    void eachVideoIsAskedForAndFetched() throws IOException {
        server.creates(429, 503);
        Cli cli =
                batch(
                        """
                        prompt,seed,steps,frames,dense_steps,priority,model,output
                        a circle,1,4,9,2,3,other,x
                        a star,2,,,,,,y
                        """,
                        "--model=demo");
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(Files.readString(out().resolve("x.mp4")))
                .isEqualTo("the bytes of video_%024d".formatted(0));
        assertThat(Files.readString(out().resolve("y.mp4")))
                .isEqualTo("the bytes of video_%024d".formatted(1));
        assertThat(new JsonMapper().readTree(server.bodies.getFirst()))
                .isEqualTo(
                        new JsonMapper()
                                .readTree(
                                        """
                                        {"prompt": "a circle", "seed": 1, "num_inference_steps": 4,
                                         "num_frames": 9, "dense_steps": "2", "model": "other",
                                         "priority": 3}
                                        """));
        assertThat(server.bodies.getLast()).contains("\"model\":\"demo\"");
        assertThat(server.requests)
                .isNotEmpty()
                .allMatch(request -> request.endsWith(" Bearer sk-svgen-abc"));
        assertThat(cli.errLines())
                .contains(
                        "note: waiting for %s: the queue is full".formatted(server.url()),
                        "done: 2 made, 0 there already, 0 failed")
                .anyMatch(line -> line.matches("[12]/2 {2}[xy]\\.mp4 {2}2\\.5 s"));
    }

    @Test
    void picturesGoWithAForm() throws IOException {
        Files.write(folder.resolve("first.png"), new byte[] {1, 2, 3});
        Files.write(folder.resolve("last.png"), new byte[] {4, 5});
        Cli cli = batch("prompt,image,last_image\na circle,first.png,last.png\n");
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(server.bodies.getFirst())
                .contains(
                        "name=\"prompt\"\r\n\r\na circle\r\n",
                        "name=\"input_reference\"; filename=\"input_reference\"\r\n"
                                + "Content-Type: application/octet-stream\r\n\r\n\1\2\3\r\n",
                        "name=\"last_image\"; filename=\"last_image\"\r\n"
                                + "Content-Type: application/octet-stream\r\n\r\n\4\5\r\n");
    }

    @Test
    void aBatchThatWasKilledFindsItsJobsAgain() throws IOException {
        String rows = "prompt,output\na circle,x\n";
        assertThat(batch(rows).code()).isZero();
        Path journal = out().resolve("batch.jsonl");
        List<String> lines = Files.readAllLines(journal);
        assertThat(lines).hasSize(2).first().asString().contains("\"state\":\"SENT\"");
        // Killed behind the answer to the create.
        Files.writeString(journal, lines.getFirst() + "\n", StandardOpenOption.TRUNCATE_EXISTING);
        Files.delete(out().resolve("x.mp4"));
        assertThat(batch(rows).code()).isZero();
        assertThat(out().resolve("x.mp4")).exists();
        assertThat(server.bodies).as("asked for once").hasSize(1);
        // Killed before the journal had it: the server knows the key.
        Files.writeString(journal, "", StandardOpenOption.TRUNCATE_EXISTING);
        assertThat(batch(rows).code()).isZero();
        assertThat(server.bodies).hasSize(2);
        assertThat(server.jobs()).isEqualTo(1);
    }

    @Test
    void aJobThatTheServerHasLostIsAskedForAgain() throws IOException {
        String rows = "prompt,output\na circle,x\n";
        assertThat(batch(rows).code()).isZero();
        Path journal = out().resolve("batch.jsonl");
        Files.writeString(
                journal,
                Files.readAllLines(journal).getFirst() + "\n",
                StandardOpenOption.TRUNCATE_EXISTING);
        server.forget();
        Cli cli = batch(rows);
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.errLines()).anyMatch(line -> line.endsWith("it is asked for again"));
        assertThat(server.jobs()).isEqualTo(2);
    }

    @Test
    void aVideoThatWasDeletedFromTheServerIsMadeAgain() throws IOException {
        String rows = "prompt,output\na circle,x\n";
        assertThat(batch(rows).code()).isZero();
        Files.delete(out().resolve("x.mp4"));
        Files.writeString(out().resolve("batch.jsonl"), "", StandardOpenOption.TRUNCATE_EXISTING);
        server.forget();
        Cli cli = batch(rows);
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(out().resolve("x.mp4")).exists();
        assertThat(server.jobs()).isEqualTo(2);
    }

    @Test
    void aVideoThatFailsDoesNotKeepTheOthersFromBeingMade() throws IOException {
        String rows = "prompt,output\nfail,x\na star,y\n";
        Cli cli = batch(rows);
        assertThat(cli.code()).isEqualTo(1);
        assertThat(cli.errLines())
                .contains("done: 1 made, 0 there already, 1 failed")
                .anyMatch(line -> line.matches("[12]/2 {2}x\\.mp4 failed: it broke"));
        assertThat(out().resolve("y.mp4")).exists();
        assertThat(out().resolve("x.mp4")).doesNotExist();
        Cli again = batch(rows);
        assertThat(again.errLines()).contains("done: 0 made, 1 there already, 1 failed");
        assertThat(server.jobs()).as("the failed one was asked for anew").isEqualTo(3);
    }

    @Test
    void whatTheServerRefusesIsToldByItsPlace() throws IOException {
        server.refused =
                "{\"error\": {\"message\": \"num_frames: expected 9, found 8\", \"param\": \"num_frames\"}}";
        Cli cli = batch("prompt,frames\na circle,8\n");
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.errLines())
                .containsExactly(
                        "svgen: %s, line 2, column 10: num_frames: expected 9, found 8"
                                .formatted(folder.resolve("rows.csv")));
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(folder.resolve("rows.csv"));
        }
    }
}

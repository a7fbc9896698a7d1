package org.svgen.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.tensor.BadInputException;

class BatchJobTest {
    @TempDir Path folder;

    @Test
    void aTableOfAnyFormatBecomesATableOfResults() throws Exception {
        Path csv = folder.resolve("prompts.csv");
        Files.writeString(
                csv,
                """
                name,prompt,width,height,frames,steps
                one,a red circle,32,32,9,2
                two,a blue star,32,32,9,none
                """);
        Path results = folder.resolve("results");
        try (SparkSession session = Table.local(folder)) {
            BatchJob.run(
                    session,
                    arguments(
                            "--input", csv.toString(),
                            "--input-format", "csv",
                            "--input-option", "header=true",
                            "--model", Table.MODEL,
                            "--output", folder.resolve("videos").toString(),
                            "--results", results.toString(),
                            "--results-format", "json",
                            "--keep", "name",
                            "--device", "cpu"));
            List<Row> rows =
                    session.read().json(results.toString()).orderBy("name").collectAsList();
            assertThat(rows).hasSize(2);
            assertThat(rows.get(0).<String>getAs("path")).endsWith(".mp4");
            assertThat(rows.get(1).<String>getAs("error"))
                    .startsWith("steps: expected")
                    .endsWith("found 'none'");
        }
    }

    @Test
    void argumentsAreReadOrRefusedInOneLine() {
        BatchOptions options =
                arguments(
                                "--model",
                                "m",
                                "--output",
                                "o",
                                "--memory-limit",
                                "24G",
                                "--checkpoint-seconds",
                                "5",
                                "--keep",
                                "a,b",
                                "--keep",
                                "c")
                        .batch()
                        .options();
        assertThat(options.memoryLimit()).isEqualTo(24_000_000_000L);
        assertThat(options.checkpointEvery()).isEqualTo(Duration.ofSeconds(5));
        assertThat(options.kept()).containsExactly("a", "b", "c");
        assertRefused(
                "--modell: there is no such argument; did you mean --model?", "--modell", "m");
        assertRefused("--model: expected a value behind it, found the end", "--model");
        assertRefused("--model: expected once, found twice", "--model", "a", "--model", "b");
        assertThatThrownBy(() -> arguments("--output", "o").batch())
                .isInstanceOf(BadInputException.class)
                .hasMessage("--model: expected, but not there");
    }

    private static void assertRefused(String line, String... arguments) {
        assertThatThrownBy(() -> arguments(arguments))
                .isInstanceOf(BadInputException.class)
                .hasMessage(line);
    }

    private static JobArguments arguments(String... arguments) {
        return new JobArguments(List.of(arguments));
    }
}

package org.svgen.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A large table of which nearly all is done. */
class DoneTableTest {
    private static final int ROWS = 10_000;
    private static final int MISSING = 10;
    private static final double SECONDS = 20;

    @TempDir Path folder;

    @Test
    void workOnTheRestOfTenThousandRowsStartsWithinTwentySeconds() throws Exception {
        Path output = folder.resolve("videos");
        SvgenBatch batch =
                new SvgenBatch(
                        Table.MODEL,
                        output.toString(),
                        BatchOptions.DEFAULT.device("cpu").keeping(List.of("id")));
        // A thread of its own: the common pool may have one only, which the engine needs.
        try (SparkSession session = Table.local(folder);
                ExecutorService thread = Executors.newSingleThreadExecutor()) {
            Row one = batch.run(Table.prompts(session, 1, 2)).collectAsList().getFirst();
            Dataset<Row> all = Table.prompts(session, ROWS, 2);
            copy(output, one.getAs("key"), keys(all, output, session));
            long began = System.nanoTime();
            CompletableFuture<List<Row>> results =
                    CompletableFuture.supplyAsync(() -> batch.run(all).collectAsList(), thread);
            while (attempts(output) == 0 && !results.isDone()) {
                Thread.sleep(20);
            }
            double seconds = (System.nanoTime() - began) / 1e9;
            assertThat(results.get()).hasSize(ROWS);
            assertThat(results.get()).allMatch(row -> row.getAs("error") == null);
            assertThat(results.get().stream().map(row -> row.<String>getAs("key")).distinct())
                    .hasSize(ROWS);
            LoggerFactory.getLogger(DoneTableTest.class)
                    .info("first of the rest after %.1f s".formatted(seconds));
            assertThat(seconds).isLessThan(SECONDS);
        }
    }

    private static List<String> keys(Dataset<Row> all, Path output, SparkSession session)
            throws IOException {
        OutputFolder folder =
                OutputFolder.of(output.toString(), session.sparkContext().hadoopConfiguration());
        PromptColumns columns = PromptColumns.of(all.schema(), List.of("id"));
        Pictures none = Pictures.read(List.of(), session.sparkContext().hadoopConfiguration());
        try (Keys keys = Keys.open(Table.MODEL, BatchOptions.DEFAULT, folder)) {
            return all.collectAsList().stream()
                    .map(row -> keys.of(columns.read(row), none))
                    .toList();
        }
    }

    /** As if all but the last were made, with the files of the first. */
    private static void copy(Path output, String made, List<String> keys) throws IOException {
        assertThat(keys.getFirst()).isEqualTo(made);
        byte[] report = Files.readAllBytes(output.resolve(made + ".json"));
        byte[] video = Files.readAllBytes(output.resolve(made + ".mp4"));
        for (String key : keys.subList(1, ROWS - MISSING)) {
            Files.write(output.resolve(key + ".mp4"), video);
            Files.write(output.resolve(key + ".json"), report);
        }
    }

    private static long attempts(Path output) throws IOException {
        try (Stream<Path> all = Files.list(output.resolve("_svgen"))) {
            return all.filter(file -> file.toString().endsWith(".attempt")).count();
        }
    }
}

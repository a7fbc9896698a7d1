package org.svgen.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.tensor.BadInputException;

class SvgenBatchTest {
    private static final int STEPS = 2;

    @TempDir static Path sparks;
    @TempDir Path folder;
    private static SparkSession session;

    @BeforeAll
    static void start() {
        session = Table.local(sparks);
    }

    @AfterAll
    static void stop() {
        session.stop();
    }

    private SvgenBatch batch(String... kept) {
        return new SvgenBatch(
                Table.MODEL,
                folder.resolve("videos").toString(),
                BatchOptions.DEFAULT.device("cpu").keeping(List.of(kept)));
    }

    @Test
    void videosAreThoseOfTheLibraryAndTheirRowsSayWhatTheyAre() throws IOException {
        Row row = batch("id").run(Table.prompts(session, 1, STEPS)).collectAsList().getFirst();
        assertThat(Files.readAllBytes(file(row))).isEqualTo(SingleRuns.of(1, STEPS, folder).get(0));
        assertThat(row.getInt(row.fieldIndex("id"))).isZero();
        assertThat(row.<String>getAs("key")).matches("[0-9a-f]{64}");
        assertThat(row.<String>getAs("recipe")).contains("\"seed\":0", "\"steps\":2");
        assertThat(row.<Double>getAs("seconds")).isPositive();
        assertThat(row.<Object, Object>getJavaMap(row.fieldIndex("timings")))
                .containsKeys("text", "denoise", "decode", "write");
        assertThat(row.<Row>getAs("receipt").<Double>getAs("density")).isBetween(0.0, 1.0);
        assertThat(row.<String>getAs("error")).isNull();
        assertThat(names()).hasSize(2);
    }

    @Test
    void aWrongRowIsToldInItsResultAndTheOthersAreMade() {
        Dataset<Row> prompts =
                session.sql(
                                """
                                select * from values
                                    ('good', 'a red circle', 32, 2),
                                    ('no steps', 'a red circle', 32, 0),
                                    ('no size', 'a red circle', 31, 2),
                                    ('no prompt', null, 32, 2)
                                as t(id, prompt, width, steps)
                                """)
                        .selectExpr("*", "32 as height", "9 as frames");
        Map<String, Row> results =
                batch("id").run(prompts).collectAsList().stream()
                        .collect(Collectors.toMap(row -> row.getAs("id"), row -> row));
        assertThat(results).hasSize(4);
        assertThat(results.get("good").<String>getAs("error")).isNull();
        assertThat(results.get("no steps").<String>getAs("error"))
                .startsWith("steps: expected")
                .endsWith("found 0");
        assertThat(results.get("no size").<String>getAs("error")).contains("width").contains("31");
        assertThat(results.get("no prompt").<String>getAs("error"))
                .isEqualTo("prompt: expected a text, found nothing");
        assertThat(results.get("no size").<String>getAs("path")).isNull();
    }

    @Test
    void equalRowsShareAVideoAndWhatIsThereIsNotMadeAgain() throws IOException {
        Dataset<Row> twice =
                Table.prompts(session, 1, STEPS).union(Table.prompts(session, 1, STEPS));
        List<Row> first = batch("id").run(twice).collectAsList();
        assertThat(first).hasSize(2);
        assertThat(file(first.get(0))).isEqualTo(file(first.get(1)));
        Path video = file(first.getFirst());
        Object before = Files.getLastModifiedTime(video);
        Object inode = Files.getAttribute(video, "unix:ino");
        List<Row> again = batch("id").run(twice).collectAsList();
        assertThat(Files.getLastModifiedTime(video)).isEqualTo(before);
        assertThat(Files.getAttribute(video, "unix:ino")).isEqualTo(inode);
        assertThat(again).containsExactlyInAnyOrderElementsOf(first);
    }

    @Test
    void aResultOfWhichAPartIsMissingIsMadeAgain() throws IOException {
        Dataset<Row> prompts = Table.prompts(session, 1, STEPS);
        Row first = batch("id").run(prompts).collectAsList().getFirst();
        byte[] bytes = Files.readAllBytes(file(first));
        Files.delete(Path.of(file(first).toString().replace(".mp4", ".json")));
        Files.writeString(file(first), "half");
        Row again = batch("id").run(prompts).collectAsList().getFirst();
        assertThat(Files.readAllBytes(file(again))).isEqualTo(bytes);
    }

    @Test
    void relativePathsAreThoseOfTheDriver() throws IOException {
        Path here = Path.of("").toAbsolutePath();
        SvgenBatch batch = new SvgenBatch("../models/demo", "videos", BatchOptions.DEFAULT);
        assertThat(batch.model()).isEqualTo(here.resolveSibling("models/demo").toString());
        Configuration hadoop = session.sparkContext().hadoopConfiguration();
        assertThat(OutputFolder.of("videos", hadoop).address())
                .isEqualTo("file:" + here.resolve("videos"));
        Pictures pictures = Pictures.read(List.of("pom.xml"), hadoop);
        assertThat(pictures.absolute(Map.of("image", "pom.xml")))
                .isEqualTo(Map.of("image", "file:" + here.resolve("pom.xml")));
    }

    @Test
    void aPictureCountsByItsBytes() throws IOException {
        Path picture = folder.resolve("a.png");
        Files.write(picture, new byte[] {1, 2, 3});
        Dataset<Row> prompts =
                session.sql("select 'a red circle' as prompt, '%s' as image".formatted(picture));
        String key = batch().run(prompts).collectAsList().getFirst().getAs("key");
        Files.write(picture, new byte[] {1, 2, 4});
        Row other = batch().run(prompts).collectAsList().getFirst();
        assertThat(other.<String>getAs("key")).isNotEqualTo(key);
        assertThat(other.<String>getAs("error")).contains(picture.toString());
        Files.delete(picture);
        Row gone = batch().run(prompts).collectAsList().getFirst();
        assertThat(gone.<String>getAs("error")).startsWith("image " + picture + ": ");
    }

    @Test
    void aColumnThatIsNoSettingIsRefusedUnlessItIsToBeKept() {
        Dataset<Row> prompts = session.sql("select 'a red circle' as prompt, 1 as stepps");
        assertThatThrownBy(() -> batch().run(prompts))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("stepps")
                .hasMessageContaining("did you mean steps?");
        Dataset<Row> taken = session.sql("select 'a red circle' as prompt, 1 as error");
        assertThatThrownBy(() -> batch("error").run(taken))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("column error");
        Dataset<Row> double1 =
                session.sql("select 'x' as prompt, 1 as steps, 2 as num_inference_steps");
        assertThatThrownBy(() -> batch().run(double1))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("another column says the same");
    }

    @Test
    void numbersMayHaveTheTypesThatTablesHave() {
        Dataset<Row> prompts =
                session.sql(
                        """
                        select 'a red circle' as prompt, cast(32 as bigint) as width,
                            '32' as height, cast(9 as double) as frames, cast(2 as decimal(5, 0)) as steps,
                            cast(0.5 as float) as density, 18446744073709551615 as seed
                        """);
        Row row = batch().run(prompts).collectAsList().getFirst();
        assertThat(row.<String>getAs("error")).isNull();
        assertThat(row.<String>getAs("recipe")).contains("\"density\":0.5", "\"frames\":9");
    }

    private static Path file(Row row) {
        return Path.of(URI.create(row.<String>getAs("path")));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(folder.resolve("videos"))) {
            return all.filter(Files::isRegularFile).map(p -> p.getFileName().toString()).toList();
        }
    }
}

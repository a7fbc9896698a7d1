package org.svgen.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * A cluster of three executors, processes of their own, one of which is killed as the system does
 * it when memory is short. {@code -Dsvgen.spark.rounds=10 -Dsvgen.spark.prompts=40
 * -Dsvgen.spark.latest=30000} is the long form.
 */
class KilledExecutorTest {
    private static final int ROUNDS = Integer.getInteger("svgen.spark.rounds", 1);
    private static final int PROMPTS = Integer.getInteger("svgen.spark.prompts", 5);
    private static final int STEPS = Integer.getInteger("svgen.spark.steps", 4);
    private static final int LATEST_KILL = Integer.getInteger("svgen.spark.latest", 1000); // ms
    private static final int EXECUTORS = 3;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration TOLD = Duration.ofSeconds(10);

    @TempDir Path folder;

    private record Loss(long nanos, String reason) {}

    @Test
    void eachRowHasOneResultWithTheBytesOfASingleRun() throws Exception {
        Map<Integer, byte[]> single = SingleRuns.of(PROMPTS, STEPS, folder);
        long seed = Long.getLong("svgen.spark.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            round(round, single, random);
        }
    }

    private void round(int number, Map<Integer, byte[]> single, Random random) throws Exception {
        Path here = Files.createDirectories(folder.resolve("round" + number));
        Path temporary = Files.createDirectories(here.resolve("tmp"));
        Path output = here.resolve("videos");
        Queue<Loss> losses = new ConcurrentLinkedQueue<>();
        try (SparkSession session = cluster(here, temporary)) {
            session.sparkContext()
                    .addSparkListener(
                            new SparkListener() {
                                @Override
                                public void onExecutorRemoved(SparkListenerExecutorRemoved e) {
                                    losses.add(new Loss(System.nanoTime(), e.reason()));
                                }
                            });
            SvgenBatch batch =
                    new SvgenBatch(
                            Table.MODEL,
                            output.toString(),
                            BatchOptions.DEFAULT
                                    .device("cpu")
                                    .checkpointEvery(Duration.ZERO)
                                    .keeping(List.of("id")));
            long began = System.nanoTime();
            CompletableFuture<List<Row>> running =
                    CompletableFuture.supplyAsync(() ->
                            batch.run(Table.prompts(session, PROMPTS, STEPS)).collectAsList());
            await(running, () -> checkpoints(output) > 0);
            if (running.isCompletedExceptionally()) {
                running.join();
            }
            Thread.sleep(random.nextInt(LATEST_KILL));
            boolean midway = !running.isDone();
            List<ProcessHandle> executors = executors();
            long killed = System.nanoTime();
            executors.get(random.nextInt(executors.size())).destroyForcibly();
            List<Row> results = running.get();
            double seconds = (System.nanoTime() - began) / 1e9;
            check(results, single);
            if (midway) {
                await(new CompletableFuture<>(), () -> !losses.isEmpty());
                assertThat(Duration.ofNanos(losses.peek().nanos - killed)).isLessThan(TOLD);
            }
            LoggerFactory.getLogger(KilledExecutorTest.class)
                    .info(
                            "round %d: %d results in %.1f s, killed in the middle: %s, told after %d ms: %s"
                                    .formatted(
                                            number,
                                            results.size(),
                                            seconds,
                                            midway,
                                            losses.isEmpty()
                                                    ? -1
                                                    : (losses.peek().nanos - killed) / 1_000_000,
                                            losses.stream().map(Loss::reason).toList()));
        }
        assertThat(left(output)).as("unfinished things").isEmpty();
        assertThat(left(temporary)).as("things of executors").isEmpty();
        await(new CompletableFuture<>(), () -> executors().isEmpty());
    }

    private static void check(List<Row> results, Map<Integer, byte[]> single) throws IOException {
        List<Integer> ids = new ArrayList<>();
        for (Row row : results) {
            int id = row.getInt(row.fieldIndex("id"));
            ids.add(id);
            assertThat(row.<String>getAs("error")).isNull();
            Path file = Path.of(java.net.URI.create(row.<String>getAs("path")));
            assertThat(Files.readAllBytes(file)).as("video %d", id).isEqualTo(single.get(id));
        }
        assertThat(ids).containsExactlyInAnyOrderElementsOf(single.keySet());
    }

    private static SparkSession cluster(Path here, Path temporary) throws IOException {
        Files.createDirectories(here.resolve("home/jars"));
        Files.createDirectories(here.resolve("home/launcher/target/scala-2.13")); // it is asked for
        System.setProperty("spark.testing", "true"); // executors get this class path
        System.setProperty("spark.test.home", here.resolve("home").toString());
        return Table.quiet(
                        SparkSession.builder()
                                .master("local-cluster[%d,1,700]".formatted(EXECUTORS)),
                        here)
                .config("spark.executor.memory", "700m")
                .config(
                        "spark.executor.extraJavaOptions",
                        "-XX:+UseSerialGC -Djava.io.tmpdir=" + temporary)
                .getOrCreate();
    }

    /** This JVM starts no other programs. */
    private static List<ProcessHandle> executors() {
        return ProcessHandle.current()
                .children()
                .filter(child -> child.info().command().filter(c -> c.endsWith("java")).isPresent())
                .toList();
    }

    private static long checkpoints(Path output) {
        try (Stream<Path> all = Files.list(output.resolve("_svgen"))) {
            return all.filter(file -> file.toString().endsWith(".checkpoint")).count();
        } catch (IOException e) {
            return 0;
        }
    }

    /** What is neither a result nor the model's hash. */
    private static List<Path> left(Path output) throws IOException {
        try (Stream<Path> all = Files.walk(output)) {
            return all.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().matches(".*/[0-9a-f]{64}\\.(mp4|json)"))
                    .filter(file -> !file.toString().matches(".*/_svgen/model-[0-9a-f]{16}"))
                    .filter(file ->
                            !file.toString()
                                    .matches(".*/(liblz4-java|hsperfdata).*")) // Java's, Spark's
                    .toList();
        }
    }

    private static void await(
            CompletableFuture<?> running, java.util.function.BooleanSupplier condition)
            throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean() && !running.isDone()) {
            assertThat(System.nanoTime()).as("patience").isLessThan(end);
            Thread.sleep(50);
        }
    }
}

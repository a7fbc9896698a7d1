package org.svgen.spark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;

/**
 * Makes a video for each row of a table, on the executors of a Spark cluster.
 *
 * <p>A column is a setting of a request by any name that the service takes ({@code prompt}, {@code
 * seed}, {@code num_frames}), or {@code image} or {@code last_image}: the address of a picture. An
 * empty cell leaves the choice to the model. A result has the columns of its row, and {@code key}
 * (names all that decides what comes of the video), {@code path}, {@code seconds}, {@code timings}
 * (seconds by stage), {@code recipe} (JSON), {@code receipt} and {@code error}, which is null where
 * there is a video. docs/spark.md tells more.
 *
 * @param model a folder in diffusers' layout, on the driver and on executors
 * @param output folder of the videos, of any file system that Hadoop knows
 * @param options how videos are made
 */
public record SvgenBatch(String model, String output, BatchOptions options) {
    private static final Logger LOG = LoggerFactory.getLogger(SvgenBatch.class);
    private static final Pattern LOCAL = Pattern.compile("local(?:\\[[^,\\]]*(?:,\\s*(\\d+))?])?");
    private static final int FAILURES = 4; // Spark's own default
    private static final int ROWS_A_TASK = 500; // of those that are done: their reports are read

    /**
     * Checks that nothing is null. A model's relative path is meant from here, not from executors.
     */
    public SvgenBatch {
        Objects.requireNonNull(model, "model");
        model = Path.of(model).toAbsolutePath().normalize().toString();
        Objects.requireNonNull(output, "output");
        Objects.requireNonNull(options, "options");
    }

    /** What is known of the rows before anything is made. */
    private record Sorted(List<Video> missing, List<Video> there, List<Row> wrong) {}

    /**
     * {@return a result for each row, in no order}
     *
     * <p>Reads the rows now, and finds those that are done by one listing of the folder. Videos are
     * made when the results are: in any action on them. A second action finds what the first one
     * made.
     *
     * @param prompts any table; its columns are settings of requests
     * @throws BadInputException if a column is unknown, or there is no such model
     * @throws SvgenException if the folder cannot be read or written
     */
    public Dataset<Row> run(Dataset<Row> prompts) {
        Objects.requireNonNull(prompts, "prompts");
        PromptColumns columns = PromptColumns.of(prompts.schema(), options.kept());
        SparkSession session = prompts.sparkSession();
        SparkContext context = session.sparkContext();
        Configuration hadoop = context.hadoopConfiguration();
        try {
            OutputFolder folder = OutputFolder.of(output, hadoop);
            folder.make();
            Sorted sorted = sorted(prompts.collectAsList(), columns, folder, hadoop);
            LOG.info(
                    "{} videos to make, {} are there, {} rows are wrong",
                    sorted.missing.size(),
                    sorted.there.size(),
                    sorted.wrong.size());
            context.addSparkListener(new ApplicationNews(folder, context.applicationId()));
            return session.createDataFrame(
                    results(context, sorted, folder, hadoop), Outcome.schema(prompts.schema()));
        } catch (IOException e) {
            throw new SvgenException("%s: %s".formatted(output, Failures.line(e)), e);
        }
    }

    private Sorted sorted(
            List<Row> rows, PromptColumns columns, OutputFolder folder, Configuration hadoop)
            throws IOException {
        List<Row> wrong = new ArrayList<>();
        Map<Row, PromptColumns.Asked> asked = new java.util.IdentityHashMap<>();
        for (Row row : rows) {
            try {
                asked.put(row, columns.read(row));
            } catch (BadInputException e) {
                wrong.add(Outcome.failed(null, Failures.line(e)).row(row));
            }
        }
        Pictures pictures =
                Pictures.read(
                        asked.values().stream()
                                .flatMap(a -> a.pictures().values().stream())
                                .toList(),
                        hadoop);
        Map<String, Video> videos = new LinkedHashMap<>();
        try (Keys keys = Keys.open(model, options, folder)) {
            for (Row row : rows) {
                PromptColumns.Asked one = asked.get(row);
                if (one != null) {
                    try {
                        String key = keys.of(one, pictures);
                        videos.computeIfAbsent(
                                        key,
                                        _ ->
                                                new Video(
                                                        key,
                                                        keys.modelHash(),
                                                        one.settings(),
                                                        pictures.absolute(one.pictures()),
                                                        List.of()))
                                .rows()
                                .add(row);
                    } catch (BadInputException e) {
                        wrong.add(Outcome.failed(null, Failures.line(e)).row(row));
                    }
                }
            }
        }
        Set<String> done = folder.done();
        return new Sorted(
                videos.values().stream().filter(video -> !done.contains(video.key())).toList(),
                videos.values().stream().filter(video -> done.contains(video.key())).toList(),
                wrong);
    }

    /** Each missing video is a task of its own, and the first tasks of all. */
    private JavaRDD<Row> results(
            SparkContext scala, Sorted sorted, OutputFolder folder, Configuration hadoop) {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(scala);
        VideoTask task =
                new VideoTask(
                        model,
                        folder.address(),
                        options,
                        mostFailures(scala),
                        new SerializableConfiguration(hadoop));
        JavaRDD<Row> all =
                context.parallelize(sorted.missing, Math.max(1, sorted.missing.size()))
                        .mapPartitions(task);
        if (!sorted.there.isEmpty()) {
            all =
                    all.union(
                            context.parallelize(
                                            sorted.there,
                                            Math.ceilDiv(sorted.there.size(), ROWS_A_TASK))
                                    .mapPartitions(task));
        }
        if (!sorted.wrong.isEmpty()) {
            all = all.union(context.parallelize(sorted.wrong, 1));
        }
        return all;
    }

    /** How many attempts at a task may fail before the job does. */
    private static int mostFailures(SparkContext context) {
        Matcher local = LOCAL.matcher(context.master());
        if (local.matches()) {
            return local.group(1) == null ? 1 : Integer.parseInt(local.group(1));
        }
        return context.conf().getInt("spark.task.maxFailures", FAILURES);
    }
}

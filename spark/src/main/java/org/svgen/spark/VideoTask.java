package org.svgen.spark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;

/**
 * What an executor does with videos: takes a result that is there, or makes it. What is wrong with
 * a request is told at once; what failed here is tried again elsewhere, as often as Spark allows.
 */
final class VideoTask implements FlatMapFunction<Iterator<Video>, Row> {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(VideoTask.class);

    private final String model;
    private final String folder;
    private final BatchOptions options;
    private final int mostFailures;
    private final SerializableConfiguration hadoop;

    /**
     * @param model its folder on executors
     * @param folder of the results
     * @param mostFailures attempts at a task that may fail before the job does
     */
    VideoTask(
            String model,
            String folder,
            BatchOptions options,
            int mostFailures,
            SerializableConfiguration hadoop) {
        this.model = model;
        this.folder = folder;
        this.options = options;
        this.mostFailures = mostFailures;
        this.hadoop = hadoop;
    }

    @Override
    public Iterator<Row> call(Iterator<Video> videos) throws IOException {
        Configuration configuration = hadoop.value();
        OutputFolder output = OutputFolder.of(folder, configuration);
        List<Row> rows = new ArrayList<>();
        while (videos.hasNext()) {
            Video video = videos.next();
            Outcome outcome = outcome(video, output, configuration);
            video.rows().forEach(row -> rows.add(outcome.row(row)));
        }
        return rows.iterator();
    }

    private Outcome outcome(Video video, OutputFolder output, Configuration configuration)
            throws IOException {
        Optional<Outcome> there = there(video, output);
        return there.isPresent() ? there.get() : made(video, output, configuration);
    }

    private static Optional<Outcome> there(Video video, OutputFolder output) throws IOException {
        return output.read(video.key() + OutputFolder.REPORT)
                .map(report ->
                        Outcome.made(
                                video.key(),
                                output.address(video.key() + OutputFolder.VIDEO),
                                report));
    }

    private Outcome made(Video video, OutputFolder output, Configuration configuration)
            throws IOException {
        TaskContext task = TaskContext.get();
        String writer = "%s/%d".formatted(SparkEnv.get().conf().getAppId(), task.taskAttemptId());
        try (Attempt attempt =
                Attempt.begin(output, video.key(), writer, task.attemptNumber(), mostFailures)) {
            if (attempt.isHopeless()) {
                return failed(
                        video,
                        output,
                        "its executor was lost %d times while it was made"
                                .formatted(attempt.lost()));
            }
            try {
                Engine engine = Engine.of(model, options, task);
                new VideoMaker(engine.pipeline(), options, output, configuration, task)
                        .make(video, attempt.writer());
                return there(video, output).orElseThrow(() -> new IOException("it is gone"));
            } catch (BadInputException e) {
                return failed(video, output, Failures.line(e));
            } catch (IOException | RuntimeException | OutOfMemoryError e) {
                if (task.isInterrupted()) {
                    throw e;
                }
                if (attempt.isLast()) {
                    return failed(video, output, Failures.line(e));
                }
                throw new SvgenException("%s: %s".formatted(video.key(), Failures.line(e)), e);
            }
        }
    }

    private static Outcome failed(Video video, OutputFolder output, String error)
            throws IOException {
        LOG.warn("{}: {}", video.key(), error);
        output.delete(FolderCheckpoints.name(video.key()));
        return Outcome.failed(video.key(), error);
    }
}

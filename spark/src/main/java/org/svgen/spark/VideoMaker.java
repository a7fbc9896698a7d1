package org.svgen.spark;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.svgen.files.Scratch;
import org.svgen.media.Images;
import org.svgen.media.VideoWriter;
import org.svgen.pipeline.Fields;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Recipe;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.RequestBuilder;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.pipeline.WrittenReport;
import org.svgen.resume.CheckpointException;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.Tensor;

/** Makes one video on an executor, from its checkpoint if there is one. */
final class VideoMaker {
    private static final Logger LOG = LoggerFactory.getLogger(VideoMaker.class);

    private final VideoPipeline model;
    private final BatchOptions options;
    private final OutputFolder output;
    private final Configuration hadoop;
    private final TaskContext task;

    VideoMaker(
            VideoPipeline model,
            BatchOptions options,
            OutputFolder output,
            Configuration hadoop,
            TaskContext task) {
        this.model = model;
        this.options = options;
        this.output = output;
        this.hadoop = hadoop;
        this.task = task;
    }

    /**
     * Makes it, and puts its files where they last.
     *
     * @param writer nobody else is called so
     * @throws BadInputException if the model cannot make it
     * @throws SvgenException if that failed here
     */
    void make(Video video, String writer) throws IOException {
        Path folder = Path.of(System.getProperty("java.io.tmpdir"));
        try (Scratch scratch = Scratch.in(folder, "svgen");
                Arena arena = Arena.ofShared()) {
            Request request = request(video, scratch.path(), arena);
            model.check(request);
            Plan plan = model.plan(request, options.memoryLimit());
            FolderCheckpoints checkpoints =
                    new FolderCheckpoints(
                            output, video.key(), writer, scratch.path(), options.checkpointEvery());
            try (Result result = result(request, plan, checkpoints)) {
                requireSameModel(video, result.report());
                write(video, writer, plan, result, scratch.path());
            }
        }
        output.delete(FolderCheckpoints.name(video.key()));
    }

    private Request request(Video video, Path scratch, Arena arena) throws IOException {
        RequestBuilder request = Keys.request(model, video.settings(), options);
        request.image(picture(video, Fields.IMAGE, scratch, arena));
        request.lastImage(picture(video, Fields.LAST_IMAGE, scratch, arena));
        return request.build();
    }

    private @Nullable Tensor picture(Video video, Field field, Path scratch, Arena arena)
            throws IOException {
        Optional<String> address = video.picture(field);
        if (address.isEmpty()) {
            return null;
        }
        Path copy = scratch.resolve(field.name());
        try (OutputStream out = Files.newOutputStream(copy)) {
            OutputFolder.read(address.get(), hadoop, out);
        }
        try {
            return Images.read(copy, arena);
        } catch (BadInputException e) {
            String reason = String.valueOf(e.getMessage());
            throw new BadInputException(reason.replace(copy.toString(), address.get()), e);
        }
    }

    private Result result(Request request, Plan plan, FolderCheckpoints checkpoints) {
        try {
            return model.generate(request, plan, new Listener(), checkpoints);
        } catch (CheckpointException e) {
            LOG.warn("began again at the first step: {}", String.join("; ", e.reasons()));
            checkpoints.forget();
            return model.generate(request, plan, new Listener(), checkpoints);
        }
    }

    /** Executors have the model's files on their own disks, maybe. */
    private static void requireSameModel(Video video, Report report) {
        if (!report.modelHash().isEmpty() && !report.modelHash().equals(video.modelHash())) {
            throw new SvgenException(
                    "the model on this machine is another than the driver's: its hash is %s, not %s"
                            .formatted(report.modelHash(), video.modelHash()));
        }
    }

    private void write(Video video, String writer, Plan plan, Result result, Path scratch)
            throws IOException {
        long start = System.nanoTime();
        Recipe recipe =
                result.recipe()
                        .withFiles(
                                video.pictureName(Fields.IMAGE).orElse(null),
                                video.pictureName(Fields.LAST_IMAGE).orElse(null),
                                null);
        String name = video.key() + OutputFolder.VIDEO;
        Path file =
                VideoWriter.to(scratch.resolve("video.mp4").toString())
                        .write(
                                result.clip(),
                                Map.of("title", recipe.prompt(), "comment", recipe.json()),
                                new Listener());
        output.write(name, writer, file);
        Report report = result.report().withStage(Stage.WRITE, (System.nanoTime() - start) / 1e9);
        WrittenReport written =
                WrittenReport.of(
                        output.address(name),
                        recipe,
                        WrittenReport.Planned.of(plan, Map.of()),
                        report);
        output.write(video.key() + OutputFolder.REPORT, writer, written.text());
    }

    /** Ends the run when Spark wants the task to end. */
    private final class Listener implements StepListener {
        @Override
        public boolean cancelled() {
            return task.isInterrupted();
        }

        @Override
        public void note(String line) {
            LOG.info(line);
        }
    }
}

package org.svgen.server.work;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.svgen.media.Images;
import org.svgen.media.VideoWriter;
import org.svgen.pipeline.PlainJson;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Recipe;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.WrittenReport;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a job leaves: video, thumbnail, spritesheet and report. A list of what came of it is written
 * last, so that a service that died between the files and the store's word finds all that it needs.
 *
 * @param outcome for the store, by the names that clients read
 * @param bytes of the files that clients may fetch
 */
record Results(Map<String, Object> outcome, long bytes) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final TypeReference<Results> SELF = new TypeReference<>() {};
    private static final double BYTES_OF_MB = 1e6;

    /** What an earlier run left that died before it could say so. */
    static Optional<Results> found(JobFiles files) throws IOException {
        Optional<Path> outcome = files.fetch(JobFiles.OUTCOME);
        return outcome.isPresent()
                ? Optional.of(JSON.readValue(Files.readString(outcome.get()), SELF))
                : Optional.empty();
    }

    /**
     * Writes all files.
     *
     * @param began when the run did, as {@link System#nanoTime}
     */
    static Results write(
            JobFiles files, Request request, Plan plan, Result result, StepListener listener)
            throws IOException {
        long start = System.nanoTime();
        Recipe recipe =
                result.recipe()
                        .withFiles(
                                request.image() == null ? null : "image",
                                request.lastImage() == null ? null : "lastImage",
                                null);
        Path video =
                VideoWriter.to(files.temporary(JobFiles.VIDEO).toString())
                        .write(
                                result.clip(),
                                Map.of("title", recipe.prompt(), "comment", recipe.json()),
                                listener);
        Spritesheet sheet = Spritesheet.of(result.clip());
        Path tiles = files.temporary(JobFiles.SPRITESHEET);
        Images.write(tiles, sheet.draw(result.clip()));
        Path thumbnail = files.temporary(JobFiles.THUMBNAIL);
        Images.write(thumbnail, Spritesheet.thumbnail(result.clip()));
        Report report = result.report().withStage(Stage.WRITE, (System.nanoTime() - start) / 1e9);
        byte[] text =
                WrittenReport.of(
                                JobFiles.VIDEO,
                                recipe,
                                WrittenReport.Planned.of(plan, Map.of()),
                                report)
                        .text()
                        .getBytes(StandardCharsets.UTF_8);
        long bytes = files.put(JobFiles.VIDEO, video);
        bytes += files.put(JobFiles.THUMBNAIL, thumbnail);
        bytes += files.put(JobFiles.SPRITESHEET, tiles);
        bytes += files.put(JobFiles.REPORT, text);
        Results results = new Results(outcome(request, report, sheet), bytes);
        files.put(JobFiles.OUTCOME, PlainJson.compact(results).getBytes(StandardCharsets.UTF_8));
        return results;
    }

    private static Map<String, Object> outcome(Request request, Report report, Spritesheet sheet) {
        Map<String, Object> outcome = new LinkedHashMap<>();
        Map<String, Object> stages = new LinkedHashMap<>();
        report.stageSeconds().forEach((stage, seconds) -> stages.put(stage.text(), seconds));
        outcome.put("stage_durations", stages);
        outcome.put("inference_time_s", report.seconds());
        outcome.put("peak_memory_mb", report.peakBytes() / BYTES_OF_MB);
        outcome.put("quality", Quality.of(request, report));
        outcome.put("spritesheet", sheet.values());
        outcome.put("model_hash", report.modelHash());
        outcome.put("device", report.device());
        return outcome;
    }
}

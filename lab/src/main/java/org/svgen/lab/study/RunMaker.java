package org.svgen.lab.study;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.Stage;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.Tensor;

/** Makes one run, and turns what comes of it into what the journal keeps. */
final class RunMaker {
    private final StudyModel model;
    private final Judge judge;
    private final RunFiles files;
    private final boolean keepVideos;
    private final StudyListener listener;

    RunMaker(
            StudyModel model,
            Judge judge,
            RunFiles files,
            boolean keepVideos,
            StudyListener listener) {
        this.model = model;
        this.judge = judge;
        this.files = files;
        this.keepVideos = keepVideos;
        this.listener = listener;
    }

    /** What is to be run, and under which names. */
    record Task(Arm arm, Pair pair, String key, Request request) {}

    /** Makes a video of which nothing is kept. */
    void warmUp(Request request) {
        Plan plan = model.pipeline().plan(request, model.memoryLimit());
        model.pipeline().generate(request, plan, new RunNotes(listener)).close();
    }

    /**
     * Makes the reference of a pair.
     *
     * @param frames where its frames go
     */
    JournalEntry reference(Task task, KeptFrames frames) {
        return make(
                task,
                result -> {
                    frames.keep(task.key(), result.clip().frames());
                    return Map.of();
                });
    }

    /** Makes a video that is compared with the reference. */
    JournalEntry compared(Task task, Tensor reference) {
        return make(task, result -> judge.measures(reference, result.clip().frames(), listener));
    }

    /** What is done with a video before it goes. */
    private interface Look {
        Map<String, Double> at(Result result);
    }

    private JournalEntry make(Task task, Look look) {
        RunNotes notes = new RunNotes(listener);
        Plan plan = model.pipeline().plan(task.request(), model.memoryLimit());
        try (Result result = model.pipeline().generate(task.request(), plan, notes)) {
            requireSameModel(result.report());
            Map<String, Double> measures = look.at(result);
            String stem = RunFiles.stem(task.arm(), task.pair(), task.key());
            String video = keepVideos ? files.video(stem, result, listener) : "";
            return new JournalEntry(
                    task.key(),
                    Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                    result(task, result.report(), measures, files.pictures(stem, result)),
                    video,
                    notes.lines());
        }
    }

    private void requireSameModel(Report report) {
        if (!report.modelHash().equals(model.subject().modelHash())) {
            throw new SvgenException(
                    "the files of %s have changed since the study began; begin it again"
                            .formatted(model.subject().model()));
        }
    }

    private static RunResult result(
            Task task, Report report, Map<String, Double> measures, Map<Picture, String> pictures) {
        Map<String, Double> others = new LinkedHashMap<>();
        report.sparseDensity().ifPresent(density -> others.put("sparse_density", density));
        others.put("reused_steps", (double) report.reusedSteps());
        report.receipt().error().ifPresent(error -> others.put("receipt_error", error));
        report.receipt().audit().ifPresent(error -> others.put("audit_error", error));
        List<StepResult> steps = new ArrayList<>();
        report.steps()
                .forEach(step ->
                        steps.add(
                                new StepResult(
                                        step.index(),
                                        step.seconds(),
                                        step.density(),
                                        step.reused())));
        return new RunResult(
                task.arm().name(),
                task.pair().prompt(),
                task.pair().seed(),
                report.seconds(),
                denoisingSeconds(report),
                report.density(),
                steps,
                measures,
                others,
                pictures);
    }

    private static double denoisingSeconds(Report report) {
        return report.stageSeconds().entrySet().stream()
                .filter(stage -> stage.getKey().kind() == Stage.Kind.DENOISE)
                .mapToDouble(stage -> Optional.ofNullable(stage.getValue()).orElse(0.0))
                .sum();
    }
}

package org.svgen.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.SafeTensorsWriter;
import org.svgen.files.Staged;
import org.svgen.lab.heads.HeadMap;
import org.svgen.media.ContactSheet;
import org.svgen.media.VideoWriter;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.PlainJson;
import org.svgen.pipeline.Recipe;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.Rules;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.WrittenReport;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.StoppedException;
import org.svgen.tensor.SvgenException;

/**
 * Writes what a run leaves: the video first, then the files beside it.
 *
 * @param whole runs once the video is whole
 */
record Outputs(
        OutputOptions options,
        VideoWriter writer,
        WrittenReport.Planned planned,
        boolean json,
        Runnable whole) {
    private static final int SHEET_COLUMNS = 6;
    private static final int SHEET_LINES = 2;

    /**
     * What is printed for programs: what most ask for first, then the whole.
     *
     * @param files the other files, by the option that named them
     * @param seed without a sign
     * @param density of all attention calls; the report has that of sparse calls alone, too
     * @param attentionError how far sparse attention was from dense; null if nothing was measured
     */
    private record Printed(
            String output,
            Map<String, String> files,
            String model,
            @Nullable Object seed,
            double seconds,
            double density,
            OptionalDouble sparseDensity,
            OptionalDouble attentionError,
            Map<String, @Nullable Object> recipe,
            WrittenReport.Planned planned,
            Report report) {}

    /**
     * Writes all and prints the name of the video, as soon as that is whole; or, for programs, one
     * JSON object once all is.
     *
     * @return what happened, the writing included
     * @throws SvgenException if something cannot be written, saying so if the video was
     */
    Report write(Recipe recipe, Result result, StepListener listener, Console console) {
        long start = System.nanoTime();
        String comment = recipe.json();
        Path video =
                writer.write(
                        result.clip(),
                        Map.of("title", recipe.prompt(), "comment", comment),
                        listener);
        whole.run();
        Report report;
        try {
            report = others(video, recipe, result, listener, start);
        } catch (StoppedException e) {
            throw withCause(new CancelledException("stopped; the video is whole: " + video), e);
        } catch (BadInputException e) {
            throw new BadInputException(withVideo(OptionNames.message(e), video), e);
        } catch (SvgenException e) {
            throw new SvgenException(withVideo(OptionNames.message(e), video), e);
        } finally {
            if (!json) {
                console.out().println(video);
            }
        }
        if (json) {
            console.out().println(PlainJson.pretty(printed(video, recipe, report)));
        }
        String lost = console.lostOutput();
        if (lost != null) {
            throw new SvgenException(withVideo(lost, video));
        }
        return report;
    }

    private Printed printed(Path video, Recipe recipe, Report report) {
        Map<String, String> files = new LinkedHashMap<>();
        options.written(report)
                .forEach((option, file) ->
                        files.put(option.replace("--", "").replace('-', '_'), file.toString()));
        return new Printed(
                video.toString(),
                files,
                recipe.model(),
                recipe.values().get(Rules.SEED.key()),
                report.seconds(),
                report.density(),
                report.sparseDensity(),
                report.receipt().error(),
                recipe.values(),
                planned,
                report);
    }

    private static CancelledException withCause(CancelledException e, Exception cause) {
        e.initCause(cause);
        return e;
    }

    private static String withVideo(String message, Path video) {
        return "%s; the video is whole: %s".formatted(message, video);
    }

    private Report others(
            Path video, Recipe recipe, Result result, StepListener listener, long start) {
        if (listener.cancelled()) {
            throw new CancelledException();
        }
        if (options.contactSheet != null) {
            ContactSheet.write(
                    options.contactSheet,
                    List.of(new ContactSheet.Row("", result.clip())),
                    SHEET_COLUMNS,
                    SHEET_LINES);
        }
        if (options.heads != null) {
            heads(options.heads, recipe, result.report(), listener);
        }
        Map<String, String> metadata = Map.of("svgen", recipe.json());
        if (options.saveLatents != null) {
            SafeTensorsWriter.write(
                    options.saveLatents, Map.of("latents", result.latents()), metadata);
        }
        if (options.saveFrames != null) {
            SafeTensorsWriter.write(
                    options.saveFrames, Map.of("frames", result.clip().frames()), metadata);
        }
        double seconds = (System.nanoTime() - start) * 1e-9;
        Report report = result.report().withStage(Stage.WRITE, seconds);
        if (options.report != null) {
            WrittenReport whole = WrittenReport.of(video.toString(), recipe, planned, report);
            write(options.report, whole.text());
        }
        return report;
    }

    private static void heads(Path file, Recipe recipe, Report report, StepListener listener) {
        HeadMap.of(recipe, report)
                .ifPresentOrElse(
                        map -> map.write(file),
                        () ->
                                listener.note(
                                        OutputOptions.noHeads(
                                                "all attention was dense by warm-up", file)));
    }

    private static void write(Path file, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        Staged.write(
                file,
                temporary -> {
                    Files.write(temporary, bytes);
                    if (!Arrays.equals(bytes, Files.readAllBytes(temporary))) {
                        throw new IOException("it does not read back");
                    }
                });
    }
}

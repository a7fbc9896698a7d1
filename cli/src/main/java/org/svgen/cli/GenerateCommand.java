package org.svgen.cli;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.checkpoint.SafeTensorsWriter;
import org.svgen.media.ContactSheet;
import org.svgen.media.Images;
import org.svgen.media.Staged;
import org.svgen.media.VideoWriter;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.Backend;
import org.svgen.tensor.Backends;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code svgen generate}: from a prompt to a video. */
@Command(
        name = "generate",
        sortOptions = false,
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        description = "Makes a video from a prompt, or from a prompt and an image.",
        footer = {
            "",
            "Examples:",
            "  svgen generate \"a red circle moves right on a black background\"",
            "  svgen generate \"a blue square spins\" --seed 7 --output spin.gif",
            "  svgen generate \"a star falls\" --attention dense --output dense.mp4 --report dense.json",
            "  svgen generate \"a panda plays guitar\" --model THUDM/CogVideoX-2b",
            "  echo \"a green ball bounces\" | svgen generate --prompt-file - --contact-sheet ball.png",
            "",
            "The name of the video is printed to standard output, everything else to standard error.",
            "Exit code: 0 done, 2 wrong usage or input, 130 stopped by Ctrl-C, 1 anything else."
        })
final class GenerateCommand implements Callable<Integer> {
    private static final int SHEET_COLUMNS = 6;
    private static final int SHEET_LINES = 2;

    private final Environment environment;

    @Parameters(
            arity = "0..1",
            paramLabel = "PROMPT",
            description = "What the video shows, in quotes.")
    @Nullable String prompt;

    @ArgGroup(exclusive = false, validate = false, heading = "%nWhat to show:%n")
    PromptOptions content = new PromptOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nSize:%n")
    VideoOptions video = new VideoOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nModel:%n")
    ModelOptions model = new ModelOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nDenoising:%n")
    SamplingOptions sampling = new SamplingOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nAttention:%n")
    AttentionOptions attention = new AttentionOptions();

    @ArgGroup(exclusive = false, validate = false, heading = "%nOutput:%n")
    OutputOptions output = new OutputOptions();

    GenerateCommand(Environment environment) {
        this.environment = environment;
    }

    @Override
    public Integer call() {
        String text = content.prompt(prompt, environment.in());
        video.check();
        sampling.check();
        attention.check();
        DType dtype = model.dtype();
        VideoWriter writer = output.check(text);
        Path folder = new ModelFinder(environment, output.quiet).find(model.model);
        Progress progress = new Progress(environment.console(), output.quiet);
        environment.interrupts().onStop(progress::cancel);
        try (Arena arena = Arena.ofShared()) {
            Tensor image = content.image == null ? null : Images.read(content.image, arena);
            Tensor latents = sampling.latents == null ? null : latents(sampling.latents, arena);
            try (Backend backend = Backends.open(model.device, progress::note);
                    VideoPipeline pipeline =
                            environment.opener().open(folder, backend, model.activation(backend))) {
                Request request = request(text, image, latents, dtype, pipeline.defaults());
                pipeline.check(request);
                writer.check(request.width(), request.height());
                introduce(request, folder, backend);
                try (Result result = pipeline.generate(request, progress)) {
                    write(request, result, backend.name(), writer, progress);
                }
            }
        }
        environment.console().out().println(writer.out());
        return Main.DONE;
    }

    private Request request(
            String text,
            @Nullable Tensor image,
            @Nullable Tensor latents,
            DType dtype,
            Defaults absent) {
        return new Request(
                text,
                content.negativePrompt,
                image,
                or(video.width, absent.width()),
                or(video.height, absent.height()),
                or(video.frames, absent.frames()),
                or(video.fps, absent.fps()),
                or(sampling.steps, absent.steps()),
                or(sampling.guidance, absent.guidance()),
                or(sampling.dynamicGuidance, absent.dynamicGuidance()),
                sampling.seed,
                attention.settings(absent.attention()),
                dtype,
                latents);
    }

    private static <T> T or(@Nullable T given, T absent) {
        return given == null ? absent : given;
    }

    /** Initial noise as F32, whatever float type the file has. */
    private static Tensor latents(Path file, Arena arena) {
        try (SafeTensors tensors = SafeTensors.open(file)) {
            Tensor found =
                    tensors.find("latents")
                            .orElseThrow(() ->
                                    new BadInputException(
                                            "--latents %s: expected a tensor \"latents\", found %s"
                                                    .formatted(file, tensors.names())));
            return switch (found.dtype()) {
                case F32, F16, BF16 -> Tensor.of(arena, found.toFloats(), found.shape().dims());
                default ->
                        throw new BadInputException(
                                "--latents %s: expected f32, f16 or bf16, found %s"
                                        .formatted(file, found));
            };
        }
    }

    private void introduce(Request r, Path folder, Backend backend) {
        if (output.quiet) {
            return;
        }
        Console console = environment.console();
        console.say(
                "%s: %d frames of %dx%d at %s fps, %d steps, guidance %s, seed %d"
                        .formatted(
                                Checkpoint.nameOf(folder),
                                r.frames(),
                                r.width(),
                                r.height(),
                                Text.number(r.fps()),
                                r.steps(),
                                Text.number(r.guidance()),
                                r.seed()));
        console.say("attention: " + Text.attention(r));
        console.say("%s: %s".formatted(backend.name(), backend.description()));
    }

    private void write(
            Request request, Result result, String device, VideoWriter writer, Progress progress) {
        Recipe recipe =
                Recipe.of(
                        request,
                        result.report(),
                        device,
                        Text.name(content.image),
                        Text.name(sampling.latents));
        Clip clip = result.clip();
        String json = Json.compact(recipe);
        writer.write(clip, Map.of("title", request.prompt(), "comment", json), progress);
        if (output.contactSheet != null) {
            ContactSheet.write(
                    output.contactSheet,
                    List.of(new ContactSheet.Row("", clip)),
                    SHEET_COLUMNS,
                    SHEET_LINES);
        }
        Map<String, String> metadata = Map.of("svgen", json);
        if (output.saveLatents != null) {
            SafeTensorsWriter.write(
                    output.saveLatents, Map.of("latents", result.latents()), metadata);
        }
        if (output.saveFrames != null) {
            SafeTensorsWriter.write(output.saveFrames, Map.of("frames", clip.frames()), metadata);
        }
        if (output.report != null) {
            record Whole(String output, Recipe recipe, Report report) {}
            String all =
                    Json.pretty(new Whole(writer.out().toString(), recipe, result.report())) + "\n";
            Staged.write(output.report, file -> Files.writeString(file, all));
        }
        conclude(result.report());
    }

    private void conclude(Report report) {
        if (output.quiet) {
            return;
        }
        double seconds =
                report.stageSeconds().values().stream().mapToDouble(Double::doubleValue).sum();
        environment
                .console()
                .say(
                        "done in %s, kept %.1f %% of query-key pairs, %s at most"
                                .formatted(
                                        Progress.clock(seconds),
                                        100 * report.density(),
                                        Text.bytes(report.peakBytes())));
        for (Path path :
                Arrays.asList(
                        output.contactSheet,
                        output.report,
                        output.saveLatents,
                        output.saveFrames)) {
            if (path != null) {
                environment.console().say("wrote " + path);
            }
        }
    }
}

package org.svgen.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.svgen.bench.composition.CompositionBench;
import org.svgen.bench.composition.Measured;
import org.svgen.pipeline.Rules;
import org.svgen.tensor.BadInputException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code svgen bench compositions}: what goes with what. */
@Command(
        name = "compositions",
        mixinStandardHelpOptions = true,
        description = {
            "Measures each kind of attention with each cache, each precision and few steps: seconds"
                    + " of denoising, how close the video is to that of dense attention with all"
                    + " else the same, and what was kept. What is refused is there with its reason.",
            "",
            "Tables are in Markdown. Cells are told on standard error as they are measured."
        })
final class CompositionsBenchCommand implements Runnable {
    private final Output output;
    private final Supplier<Path> demo;

    @Option(
            names = "--model",
            paramLabel = "FOLDER",
            description = "A model that has examples; by default the demo.")
    @Nullable Path model;

    @Mixin final SizeOption size = new SizeOption();

    @Mixin final DensityOption density = new DensityOption();

    @Option(names = "--steps", description = "Where they are not few, ${DEFAULT-VALUE} by default.")
    int steps = 20;

    @Option(
            names = "--prompts",
            paramLabel = "N",
            description =
                    "Videos of each cell, of the model's examples; ${DEFAULT-VALUE} by default.")
    int prompts = 1;

    @Mixin final DeviceOption device = new DeviceOption();

    @Mixin final JsonOption json = new JsonOption();

    CompositionsBenchCommand(Output output, Supplier<Path> demo) {
        this.output = output;
        this.demo = demo;
    }

    @Override
    public void run() {
        Rules.STEPS.require(steps);
        Checks.atLeast(1, "--prompts", prompts);
        Path folder = model == null ? demo.get() : model;
        if (!Files.isDirectory(folder)) {
            throw new BadInputException(
                    "--model: expected a model's folder, found '%s'".formatted(folder));
        }
        Video video = size.given();
        Measured measured =
                CompositionBench.run(
                        new CompositionBench.Setup(
                                folder,
                                device.device,
                                prompts,
                                steps,
                                video == null
                                        ? null
                                        : new int[] {video.width(), video.height(), video.frames()},
                                density.checked()),
                        output.notes());
        output.print(json, measured, measured.text());
    }
}

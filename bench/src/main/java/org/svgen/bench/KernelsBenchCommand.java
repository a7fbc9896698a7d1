package org.svgen.bench;

import java.nio.file.Path;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code svgen bench kernels}: the operations that models are made of. */
@Command(
        name = "kernels",
        mixinStandardHelpOptions = true,
        description = {
            "Times the operations that models are made of, one by one, at the sizes of whole models.",
            "",
            "A dense and a sparse step are played through without computing, with text"
                    + " encoders and decoding; of each operation the sizes that take most are then"
                    + " measured on random operands. A line tells the operation, its time, what it"
                    + " computes or moves, how fast that is, and its operands of more than one"
                    + " dimension, the result last. What would take long is measured in part.",
            "",
            "Lines are told on standard error as they are measured; the table is the result."
        })
final class KernelsBenchCommand implements Runnable {
    private static final double MILLISECONDS_PER_SECOND = 1e3;

    private final Output output;
    private final Supplier<Path> demo;

    @Option(
            names = "--config",
            paramLabel = "NAME|FOLDER",
            description =
                    BenchConfigs.NAMES
                            + ", or a model's folder, whose weights are not read; by default all of"
                            + " them, on a CPU the demo.")
    @Nullable String config;

    @Mixin final SizeOption size = new SizeOption();

    @Mixin final DensityOption density = new DensityOption();

    @Mixin final AttentionDtypeOption precision = new AttentionDtypeOption();

    @Mixin final ProductsOption dtype = new ProductsOption();

    @Mixin final DeviceOption device = new DeviceOption();

    @Option(names = "--rounds", description = "Batches that each has, ${DEFAULT-VALUE} by default.")
    int rounds = 9;

    @Option(
            names = "--batch",
            paramLabel = "MILLISECONDS",
            description = "What the repetitions of a batch take, ${DEFAULT-VALUE} by default.")
    int batch = 20;

    @Option(
            names = "--seconds",
            paramLabel = "SECONDS",
            description = "After which no other operation is begun; by default all are measured.")
    @Nullable Integer seconds;

    @Mixin final JsonOption json = new JsonOption();

    KernelsBenchCommand(Output output, Supplier<Path> demo) {
        this.output = output;
        this.demo = demo;
    }

    @Override
    public void run() {
        Checks.atLeast(1, "--rounds", rounds);
        Checks.atLeast(1, "--batch", batch);
        if (seconds != null) {
            Checks.atLeast(1, "--seconds", seconds);
        }
        KernelsBench.Setup setup =
                new KernelsBench.Setup(
                        config,
                        size.given(),
                        density.checked(),
                        precision.checked(),
                        dtype.checked(),
                        device.device,
                        rounds,
                        batch / MILLISECONDS_PER_SECOND,
                        seconds == null ? Double.POSITIVE_INFINITY : seconds);
        KernelsBench.Outcome outcome = KernelsBench.run(setup, demo, output.notes());
        output.print(json, outcome, outcome.text());
    }
}

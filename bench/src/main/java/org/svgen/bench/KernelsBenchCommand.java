package org.svgen.bench;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
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
                    + " dimension, the result last. What would take long is measured in part."
        })
final class KernelsBenchCommand implements Callable<Integer> {
    private static final double MILLISECONDS = 1e3; // a second has

    private final PrintStream out;
    private final Consumer<String> notes;
    private final Function<Object, String> toJson;
    private final Supplier<Path> demo;

    @Option(
            names = "--config",
            paramLabel = "NAME|FOLDER",
            description =
                    "cogvideox-1.5-5b, hunyuanvideo-13b, or a model's folder, whose weights are not"
                            + " read; by default both, on a CPU the demo.")
    @Nullable String config;

    @Option(
            names = "--size",
            paramLabel = "WxHxFRAMES",
            description = "By default what the model is known by.")
    @Nullable String size;

    @Option(
            names = "--density",
            description = "Kept fraction of pairs, ${DEFAULT-VALUE} by default.")
    double density = 0.25;

    @Option(names = "--device", description = "auto, cpu or cuda[:N].")
    String device = "auto";

    @Option(names = "--rounds", description = "Batches that each has, ${DEFAULT-VALUE} by default.")
    int rounds = 9;

    @Option(
            names = "--batch",
            paramLabel = "MILLISECONDS",
            description = "What the repetitions of a batch take, ${DEFAULT-VALUE} by default.")
    int batch = 20;

    @Option(names = "--json", description = "Print JSON.")
    boolean json;

    KernelsBenchCommand(
            PrintStream out,
            Consumer<String> notes,
            Function<Object, String> toJson,
            Supplier<Path> demo) {
        this.out = out;
        this.notes = notes;
        this.toJson = toJson;
        this.demo = demo;
    }

    @Override
    public Integer call() {
        BenchCommand.check(rounds > 0, "--rounds %s: expected at least 1".formatted(rounds));
        BenchCommand.check(batch > 0, "--batch %s: expected at least 1".formatted(batch));
        BenchCommand.check(
                density > 0 && density <= 1, "--density: expected more than 0, at most 1");
        KernelsBench.Outcome outcome =
                KernelsBench.run(
                        new KernelsBench.Setup(
                                config,
                                size == null ? null : BenchCommand.video("", size),
                                density,
                                device,
                                rounds,
                                batch / MILLISECONDS),
                        demo,
                        notes);
        if (json) {
            out.println(toJson.apply(outcome));
        } else {
            outcome.text().forEach(out::println);
        }
        return 0;
    }
}

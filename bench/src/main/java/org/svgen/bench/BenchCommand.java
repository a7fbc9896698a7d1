package org.svgen.bench;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Spec;

/** {@code svgen bench}: how fast kernels and models are on this machine. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Measures kernels and models on this machine.",
            "",
            "What is compared runs in turns in one process; medians are printed."
        })
public final class BenchCommand implements Runnable {
    @Spec CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    private BenchCommand() {}

    /**
     * The command with those below it.
     *
     * @param out where results go
     * @param notes told what people should know
     * @param toJson what turns records into JSON
     * @param demo finds the model that comes along
     * @return the command, as picocli runs it
     */
    public static CommandLine commandLine(
            PrintStream out,
            Consumer<String> notes,
            Function<Object, String> toJson,
            Supplier<Path> demo) {
        Output output = new Output(out, notes, toJson);
        return new CommandLine(new BenchCommand())
                .addSubcommand(new AttentionBenchCommand(output))
                .addSubcommand(new DecodeBenchCommand(output))
                .addSubcommand(new DenoiseBenchCommand(output))
                .addSubcommand(new EncodeBenchCommand(output))
                .addSubcommand(new MatmulBenchCommand(output))
                .addSubcommand(new MethodsBenchCommand(output))
                .addSubcommand(new WeightsBenchCommand(output))
                .addSubcommand(new AdapterBenchCommand(output))
                .addSubcommand(new KernelsBenchCommand(output, demo))
                .addSubcommand(new CompositionsBenchCommand(output, demo))
                .addSubcommand(new GenerateBenchCommand(output));
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(),
                "bench what? There are " + String.join(", ", spec.subcommands().keySet()));
    }
}

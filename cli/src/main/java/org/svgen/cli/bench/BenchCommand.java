package org.svgen.cli.bench;

import java.io.PrintStream;
import java.util.List;
import java.util.function.Function;
import org.svgen.tensor.BadInputException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code svgen bench}: how fast the CPU's kernels are on this machine. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Measures the CPU's kernels on this machine.",
            "",
            "What is compared runs in turns in one process; medians are printed."
        })
public final class BenchCommand implements Runnable {
    private final PrintStream out;
    private final Function<Object, String> toJson;

    @Spec CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    /**
     * @param out where results go
     * @param toJson what turns records into JSON
     */
    public BenchCommand(PrintStream out, Function<Object, String> toJson) {
        this.out = out;
        this.toJson = toJson;
    }

    @Override
    public void run() {
        throw new CommandLine.ParameterException(
                spec.commandLine(), "bench what? matmul or attention");
    }

    /** Ours against each installed BLAS. */
    @Command(
            name = "matmul",
            mixinStandardHelpOptions = true,
            description = "Our matrix product against that of every BLAS library found.")
    int matmul(
            @Option(
                            names = "--sizes",
                            split = ",",
                            paramLabel = "MxNxK",
                            defaultValue =
                                    "2048x2048x2048,3632x192x192,3632x768x192,3632x192x768,"
                                            + "3632x768x768,7264x768x192,3632x3072x768",
                            description = "Sizes, by default those of models.")
                    List<String> sizes,
            @Option(
                            names = "--rounds",
                            defaultValue = "9",
                            description = "Turns that each has, ${DEFAULT-VALUE} by default.")
                    int rounds,
            @Option(names = "--json", description = "Print JSON.") boolean json) {
        check(rounds > 0, "--rounds %s: expected at least 1".formatted(rounds));
        List<MatmulBench.Row> rows = MatmulBench.run(parse(sizes), rounds);
        if (json) {
            out.println(toJson.apply(rows));
        } else {
            rows.forEach(row -> out.println(row.text()));
        }
        return 0;
    }

    /** Dense against the matrix product, bands against dense. */
    @Command(
            name = "attention",
            mixinStandardHelpOptions = true,
            description =
                    "Dense attention against a matrix product, bands against dense attention.")
    int attention(
            @Option(names = "--tokens", defaultValue = "3632", description = "Tokens.") int tokens,
            @Option(names = "--heads", defaultValue = "6", description = "Heads.") int heads,
            @Option(names = "--head-dim", defaultValue = "64", description = "Channels of a head.")
                    int headDim,
            @Option(
                            names = "--density",
                            split = ",",
                            defaultValue = "0.2,0.3,0.5",
                            description = "Kept fractions of pairs.")
                    List<Double> densities,
            @Option(
                            names = "--rounds",
                            defaultValue = "15",
                            description = "Turns that each has, ${DEFAULT-VALUE} by default.")
                    int rounds,
            @Option(names = "--json", description = "Print JSON.") boolean json) {
        check(
                Math.min(Math.min(tokens, heads), Math.min(headDim, rounds)) > 0,
                "--tokens, --heads, --head-dim and --rounds: expected at least 1");
        for (double d : densities) {
            check(d > 0 && d <= 1, "--density %s: expected more than 0, at most 1".formatted(d));
        }
        AttentionBench.Outcome outcome =
                AttentionBench.run(
                        new AttentionBench.Setup(tokens, heads, headDim), densities, rounds);
        if (json) {
            out.println(toJson.apply(outcome));
        } else {
            outcome.text().forEach(out::println);
        }
        return 0;
    }

    private static List<MatmulBench.Size> parse(List<String> sizes) {
        try {
            return sizes.stream().map(MatmulBench.Size::of).toList();
        } catch (NumberFormatException e) {
            throw new BadInputException("--sizes: " + e.getMessage(), e);
        }
    }

    private static void check(boolean holds, String message) {
        if (!holds) {
            throw new BadInputException(message);
        }
    }
}

package org.svgen.bench;

import java.util.List;
import org.svgen.tensor.BadInputException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code svgen bench matmul}: our matrix product against each installed BLAS. */
@Command(
        name = "matmul",
        mixinStandardHelpOptions = true,
        description = "Our matrix product against that of every BLAS library found.")
final class MatmulBenchCommand implements Runnable {
    private final Output output;

    @Option(
            names = "--sizes",
            split = ",",
            paramLabel = "MxNxK",
            defaultValue =
                    "2048x2048x2048,3632x192x192,3632x768x192,3632x192x768,"
                            + "3632x768x768,7264x768x192,3632x3072x768",
            description = "Sizes, by default those of models.")
    List<String> sizes = List.of();

    @Option(names = "--rounds", description = "Turns that each has, ${DEFAULT-VALUE} by default.")
    int rounds = 9;

    @Mixin final JsonOption json = new JsonOption();

    MatmulBenchCommand(Output output) {
        this.output = output;
    }

    @Override
    public void run() {
        Checks.atLeast(1, "--rounds", rounds);
        List<MatmulBench.Row> rows = MatmulBench.run(parsed(), rounds);
        output.print(json, rows, rows.stream().map(MatmulBench.Row::text).toList());
    }

    private List<MatmulBench.Size> parsed() {
        try {
            return sizes.stream().map(MatmulBench.Size::of).toList();
        } catch (NumberFormatException e) {
            throw new BadInputException("--sizes: " + e.getMessage(), e);
        }
    }
}

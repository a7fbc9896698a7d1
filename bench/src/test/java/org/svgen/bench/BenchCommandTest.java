package org.svgen.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

class BenchCommandTest {
    private final Bench bench = new Bench();

    @Test
    void listsItsSubcommandsWhereNoneIsGiven() {
        CommandLine command = bench.command();
        assertThat(command.getSubcommands().keySet())
                .containsExactly(
                        "attention",
                        "decode",
                        "denoise",
                        "encode",
                        "matmul",
                        "methods",
                        "weights",
                        "adapters",
                        "kernels",
                        "compositions",
                        "generate");
        ParameterException[] refused = new ParameterException[1];
        int code =
                command.setParameterExceptionHandler(
                                (e, args) -> {
                                    refused[0] = e;
                                    return 2;
                                })
                        .execute();
        assertThat(code).isEqualTo(2);
        assertThat(refused[0]).hasMessageStartingWith("bench what? There are attention, decode, ");
    }

    /** An option means the same wherever it stands. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "denoise  | --density 0     | density: expected a number in (0, 1], found 0.0",
                "generate | --density 1.5   | density: expected a number in (0, 1], found 1.5",
                "kernels  | --density 0     | density: expected a number in (0, 1], found 0.0",
                "denoise  | --attention big | attention: expected one of dense, svg, svg-official,",
                "generate | --attention big | attention: expected one of dense, svg, svg-official,",
                "denoise  | --size big      | --size: expected WIDTHxHEIGHTxFRAMES, found 'big'",
                "decode   | --size big      | --size: expected WIDTHxHEIGHTxFRAMES, found 'big'",
                "generate | --size big      | --size: expected WIDTHxHEIGHTxFRAMES, found 'big'",
                "kernels  | --size big      | --size: expected WIDTHxHEIGHTxFRAMES, found 'big'",
                "denoise  | --dtype f8      | --dtype: expected auto, f32 or fp8, found 'f8'",
                "decode   | --dtype f8      | --dtype: expected auto or f32, found 'f8'",
                "denoise  | --rounds 0      | --rounds 0: expected at least 1",
                "decode   | --rounds -1     | --rounds -1: expected at least 0",
                "kernels  | --rounds 0      | --rounds 0: expected at least 1",
                "matmul   | --rounds 0      | --rounds 0: expected at least 1",
                "generate | --steps 0       | steps: expected a whole number of at least 1, found 0",
            })
    void refusesTheSameWordsInEachSubcommand(String subcommand, String option, String line) {
        String model =
                switch (subcommand) {
                    case "kernels" -> " --config hunyuanvideo-13b";
                    case "matmul" -> "";
                    default -> " --config hunyuanvideo-13b --synthetic-weights";
                };
        assertThat(bench.run(subcommand + model + " " + option)).isEqualTo(2);
        assertThat(bench.printed()).startsWith(line);
    }
}

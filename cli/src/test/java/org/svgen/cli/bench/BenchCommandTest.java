package org.svgen.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.svgen.tensor.BadInputException;
import picocli.CommandLine;

class BenchCommandTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Test
    void measuresMatrixProducts() {
        assertThat(bench("matmul", "--sizes", "64x32x48,5x7x9", "--rounds", "1")).isZero();
        assertThat(printed())
                .containsPattern("64x32x48 +own +[0-9.]+ GFLOP/s")
                .containsPattern("5x7x9 +own +[0-9.]+ GFLOP/s");
    }

    @Test
    void measuresAttention() {
        assertThat(
                        bench(
                                "attention",
                                "--tokens",
                                "100",
                                "--heads",
                                "1",
                                "--head-dim",
                                "16",
                                "--density",
                                "0.25,1",
                                "--rounds",
                                "1"))
                .isZero();
        assertThat(printed())
                .contains("of the matrix product")
                .contains("band of density 0.25")
                .contains("band of density 1.0000")
                .contains("profile of 64 rows");
    }

    @Test
    void handsRecordsToTheJsonWriter() {
        assertThat(bench("matmul", "--sizes", "8x8x8", "--rounds", "1", "--json")).isZero();
        assertThat(printed()).startsWith("json [Row[size=8x8x8, gflops={vector=");
    }

    @Test
    void refusesWhatCannotBeMeasured() {
        assertThat(bench("matmul", "--sizes", "8x8")).isEqualTo(2);
        assertThat(printed()).startsWith("--sizes: expected MxNxK, found 8x8");
        assertThat(bench("attention", "--density", "0")).isEqualTo(2);
        assertThat(printed()).contains("--density 0.0: expected more than 0");
    }

    private int bench(String... args) {
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        return new CommandLine(new BenchCommand(out, value -> "json " + value))
                .setExecutionExceptionHandler((e, command, result) -> {
                    out.println(e.getMessage());
                    return e instanceof BadInputException ? 2 : 1;
                })
                .execute(args);
    }

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8);
    }
}

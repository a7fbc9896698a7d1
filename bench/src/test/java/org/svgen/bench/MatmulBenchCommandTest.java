package org.svgen.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MatmulBenchCommandTest {
    private final Bench bench = new Bench();

    @Test
    void measuresMatrixProducts() {
        assertThat(bench.run("matmul --sizes 64x32x48,5x7x9 --rounds 1")).isZero();
        assertThat(bench.printed())
                .containsPattern("64x32x48 +own +[0-9.]+ GFLOP/s")
                .containsPattern("5x7x9 +own +[0-9.]+ GFLOP/s");
    }

    @Test
    void handsRecordsToTheJsonWriter() {
        assertThat(bench.run("matmul --sizes 8x8x8 --rounds 1 --json")).isZero();
        assertThat(bench.printed()).startsWith("json [Row[size=8x8x8, gflops={vector=");
    }

    @Test
    void refusesSizesThatAreNone() {
        assertThat(bench.run("matmul --sizes 8x8")).isEqualTo(2);
        assertThat(bench.printed()).startsWith("--sizes: expected MxNxK, found 8x8");
        assertThat(bench.run("matmul --sizes 8x0x8")).isEqualTo(2);
        assertThat(bench.printed()).startsWith("--sizes: expected sizes above 0, found 0");
    }
}

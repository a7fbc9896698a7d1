package org.svgen.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AttentionBenchCommandTest {
    private final Bench bench = new Bench();

    @Test
    void measuresAttention() {
        String words = "attention --tokens 100 --heads 1 --head-dim 16 --density 0.25,1 --rounds 1";
        assertThat(bench.run(words)).isZero();
        assertThat(bench.printed())
                .contains("of the matrix product")
                .contains("band of density 0.25")
                .contains("band of density 1.0000")
                .contains("profile of 64 rows");
    }

    @Test
    void refusesWhatCannotBeMeasured() {
        assertThat(bench.run("attention --density 0")).isEqualTo(2);
        assertThat(bench.printed()).startsWith("density: expected a number in (0, 1], found 0.0");
        assertThat(bench.run("attention --shape sora")).isEqualTo(2);
        assertThat(bench.printed())
                .startsWith(
                        "--shape: expected one of [%s], found 'sora'"
                                .formatted(AttentionShape.NAMES));
        assertThat(bench.run("attention --shape hunyuan-720p --tokens 5")).isEqualTo(2);
        assertThat(bench.printed())
                .startsWith("--tokens, --heads and --head-dim: a --shape has its own");
        assertThat(bench.run("attention --device cpu")).isEqualTo(2);
        assertThat(bench.printed()).startsWith("--device: expected only with --shape");
        assertThat(bench.run("attention --attention-dtype fp4")).isEqualTo(2);
        assertThat(bench.printed())
                .startsWith(
                        "attentionDtype: expected one of auto, f32, bf16, fp8, fp8-all, found 'fp4'");
        assertThat(bench.run("attention --attention-dtype fp8")).isEqualTo(2);
        assertThat(bench.printed())
                .startsWith("--attention-dtype: expected 8 bits only with --shape");
        assertThat(bench.run("attention --shape cogvideox-1.5 --device cpu --attention-dtype fp8"))
                .isEqualTo(2);
        assertThat(bench.printed())
                .contains("found cpu with layers in f32 and heads of 64 channels");
        assertThat(bench.run("attention --rounds 0")).isEqualTo(2);
        assertThat(bench.printed())
                .startsWith("--tokens, --heads, --head-dim and --rounds: expected at least 1");
    }
}

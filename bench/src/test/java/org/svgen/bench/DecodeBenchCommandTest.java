package org.svgen.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DecodeBenchCommandTest {
    private final Bench bench = new Bench();

    @ParameterizedTest
    @CsvSource({"cogvideox-t2v-tiny, 32x16x9", "hunyuanvideo-tiny, 32x16x5"})
    void measuresAnAutoencoderOfRandomWeights(String model, String size) {
        String words = "decode --synthetic-weights --device cpu --rounds 1 --size %s --config";
        assertThat(bench.run(words.formatted(size), Bench.config(model, "vae")))
                .as(bench.printed())
                .isZero();
        assertThat(bench.printed())
                .contains(" frames of 32 x 16: ")
                .contains("peak memory")
                .contains("  conv3d ");
        assertThat(bench.notes()).anyMatch(note -> note.startsWith("round 1: "));
    }

    @Test
    void refusesSizesThatAnAutoencoderCannotMake() {
        String words = "decode --synthetic-weights --size 30x16x5 --config";
        assertThat(bench.run(words, Bench.config("hunyuanvideo-tiny", "vae"))).isEqualTo(2);
        assertThat(bench.printed()).contains("width");
    }
}

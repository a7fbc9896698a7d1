package org.svgen.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DenoiseBenchCommandTest {
    private final Bench bench = new Bench();

    /** Words are taken in either case, as svgen generate takes them. */
    @ParameterizedTest
    @CsvSource({
        "cogvideox-t2v-tiny, dense, auto",
        "cogvideox-t2v-tiny, SVG, F32",
        "hunyuanvideo-tiny, svg-Official, f32",
    })
    void measuresAWholeDenoiserOfRandomWeights(String model, String attention, String dtype) {
        String words =
                "denoise --synthetic-weights --size 64x48x9 --density 0.9 --device cpu --rounds 1"
                        + " --attention %s --dtype %s --config".formatted(attention, dtype);
        assertThat(bench.run(words, Bench.config(model, "transformer")))
                .as(bench.printed())
                .isZero();
        assertThat(bench.printed())
                .contains("planned ")
                .contains(attention.toLowerCase(Locale.ROOT) + " attention")
                .containsPattern("one pass [0-9.]+ s")
                .contains("  linear ");
        assertThat(bench.notes()).anyMatch(note -> note.startsWith("planned: weights "));
    }

    @ParameterizedTest
    @CsvSource({"1, 'in 1 branch,'", "5, 'in 2 branches,'"})
    void measuresThePromptsBranchAloneWithoutGuidance(String guidance, String tells) {
        String words =
                "denoise --synthetic-weights --size 64x48x9 --device cpu --rounds 1 --density 0.9"
                        + " --guidance %s --config".formatted(guidance);
        assertThat(bench.run(words, Bench.config("wan-t2v-tiny", "transformer")))
                .as(bench.printed())
                .isZero();
        assertThat(bench.printed()).contains(tells);
    }

    @Test
    void measuresProductsIn8Bits() {
        String words =
                "denoise --synthetic-weights --size 64x48x9 --device cpu --rounds 1 --density 0.9"
                        + " --dtype FP8 --config";
        assertThat(bench.run(words, Bench.config("hunyuanvideo-tiny", "transformer")))
                .as(bench.printed())
                .isZero();
        assertThat(bench.printed()).contains("in f32, products in fp8");
    }

    /** In full precision there is none. The first block is not in 8 bits, the second is. */
    @ParameterizedTest
    @CsvSource({"auto, 0.00000 0.00000 0.00000", "fp8, 0.00000 0.0[0-9]*[1-9][0-9]* 0.0[0-9]+"})
    void comparesWhatIsBehindEachBlockWithFullPrecision(String dtype, String errors) {
        String words =
                "denoise --synthetic-weights --size 64x48x9 --device cpu --rounds 1 --errors"
                        + " --attention dense --dtype %s --config".formatted(dtype);
        assertThat(bench.run(words, Bench.config("hunyuanvideo-tiny", "transformer")))
                .as(bench.printed())
                .isZero();
        assertThat(bench.printed())
                .contains("relative error of the token stream behind each block")
                .containsPattern(" {4}0 " + errors);
    }

    @Test
    void refusesATypeThatItDoesNotKnow() {
        String words = "denoise --synthetic-weights --size 64x48x9 --dtype bf16 --config";
        assertThat(bench.run(words, Bench.config("hunyuanvideo-tiny", "transformer"))).isEqualTo(2);
        assertThat(bench.printed()).contains("--dtype: expected auto, f32 or fp8, found 'bf16'");
    }

    @Test
    void refuses8BitsThatTheDeviceDoesNotHave() {
        String words =
                "denoise --synthetic-weights --size 64x48x9 --device cpu --density 0.9"
                        + " --attention-dtype fp8 --config";
        assertThat(bench.run(words, Bench.config("wan-t2v-tiny", "transformer"))).isEqualTo(2);
        assertThat(bench.printed()).contains("cpu does not compute attention (");
    }

    @Test
    void refusesADenoiserThatItDoesNotKnow() {
        assertThat(bench.run("denoise --config sora --synthetic-weights --size 8x8x8"))
                .isEqualTo(2);
        assertThat(bench.printed())
                .startsWith(
                        "--config: expected one of [%s] or a".formatted(BenchConfigs.NAMES)
                                + " transformer's config.json, found 'sora'");
    }
}

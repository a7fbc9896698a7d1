package org.svgen.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.testkit.Goldens;

class GenerateBenchCommandTest {
    private final Bench bench = new Bench();

    @ParameterizedTest
    @CsvSource({
        "cogvideox-t2v-tiny, 64x48x9, SVG, 1.5G",
        "hunyuanvideo-tiny, 64x48x5, dense, 800M"
    })
    void makesAVideoByAWholePipelineOfRandomWeights(
            String model, String size, String attention, String limit, @TempDir Path folder) {
        Path video = folder.resolve("noise.mp4");
        String words =
                "generate --synthetic-weights --density 0.9 --steps 3 --dense-steps 2 --device cpu"
                        + " --size %s --attention %s --memory-limit %s"
                                .formatted(size, attention, limit);
        int code = bench.run(words, "--config", Goldens.folder(model), "--output", video);
        assertThat(code).as(bench.printed()).isZero();
        assertThat(video).isNotEmptyFile();
        assertThat(bench.printed())
                .contains(attention.toLowerCase(Locale.ROOT) + " attention, density ", ", 3 steps")
                .containsPattern("text +[0-9.]+ s")
                .containsPattern("denoise +[0-9.]+ s")
                .containsPattern("decode +[0-9.]+ s")
                .containsPattern("write +[0-9.]+ s")
                .contains("medians of steps: warm-up ");
        assertThat(bench.notes()).contains("denoise 3/3");
    }

    @Test
    void skipsTheShareOfStepsThatItIsTold(@TempDir Path folder) {
        String words =
                "generate --synthetic-weights --steps 10 --dense-steps 2 --density 0.9 --device cpu"
                        + " --size 64x48x5 --cache even --cache-threshold 0.4";
        int code =
                bench.run(
                        words,
                        "--config",
                        Goldens.folder("hunyuanvideo-tiny"),
                        "--output",
                        folder.resolve("noise.mp4"));
        assertThat(code).as(bench.printed()).isZero();
        assertThat(bench.printed()).containsPattern("reused [0-9.]+ s \\(4 of them\\)");
    }

    @Test
    void refusesACacheAndAThresholdThatAreNone() {
        String words = "generate --synthetic-weights --size 64x48x5 --config x";
        assertThat(bench.run(words + " --cache hard")).isEqualTo(2);
        assertThat(bench.printed()).startsWith("cache: expected one of none, easy, even, tea, fbc");
        assertThat(bench.run(words + " --cache even --cache-threshold 2")).isEqualTo(2);
        assertThat(bench.printed()).contains("cacheThreshold: expected a number from 0 to 0.9");
    }

    @Test
    void refusesASizeThatIsMissing() {
        String words = "generate --synthetic-weights --config";
        assertThat(bench.run(words, Goldens.folder("hunyuanvideo-tiny"))).isEqualTo(2);
        assertThat(bench.printed()).startsWith("--size is missing: WIDTHxHEIGHTxFRAMES");
    }

    @Test
    void refusesALimitAndASeedThatAreNoNumbers(@TempDir Path folder) {
        String words = "generate --synthetic-weights --config x --size 64x48x9 --output ";
        String video = folder.resolve("noise.mp4").toString();
        assertThat(bench.run(words + video + " --memory-limit much")).isEqualTo(2);
        assertThat(bench.printed())
                .startsWith("memoryLimit: expected a number of bytes such as 24G or 800M");
        assertThat(bench.run(words + video + " --seed luck")).isEqualTo(2);
        assertThat(bench.printed()).startsWith("seed: expected a whole number from -2^63");
    }
}

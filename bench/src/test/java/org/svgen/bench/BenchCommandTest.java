package org.svgen.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.Goldens;
import org.svgen.text.Tokenizer;
import org.svgen.text.Tokenizers;

class BenchCommandTest {
    private static final String DEMO = "hunyuanvideo-tiny";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final List<String> notes = new ArrayList<>();

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

    @ParameterizedTest
    @CsvSource({
        "cogvideox-t2v-tiny, 64x48x9, dense",
        "cogvideox-t2v-tiny, 64x48x9, svg",
        "hunyuanvideo-tiny, 64x48x9, svg-official",
    })
    void measuresAWholeDenoiserOfRandomWeights(String model, String size, String attention) {
        String config = Goldens.folder(model).resolve("transformer/config.json").toString();
        assertThat(
                        bench(
                                "denoise",
                                "--config",
                                config,
                                "--synthetic-weights",
                                "--size",
                                size,
                                "--attention",
                                attention,
                                "--density",
                                "0.9",
                                "--device",
                                "cpu",
                                "--rounds",
                                "1"))
                .as(printed())
                .isZero();
        assertThat(printed())
                .contains("planned ")
                .contains(attention + " attention")
                .containsPattern("one pass [0-9.]+ s")
                .contains("  linear ");
        assertThat(notes).anyMatch(note -> note.startsWith("planned: weights "));
    }

    @ParameterizedTest
    @CsvSource({"cogvideox-t2v-tiny, 32x16x9", "hunyuanvideo-tiny, 32x16x5"})
    void measuresAnAutoencoderOfRandomWeights(String model, String size) {
        String config = Goldens.folder(model).resolve("vae/config.json").toString();
        String[] command = {
            "decode",
            "--config",
            config,
            "--synthetic-weights",
            "--size",
            size,
            "--device",
            "cpu",
            "--rounds",
            "1"
        };
        assertThat(bench(command)).as(printed()).isZero();
        assertThat(printed())
                .contains(" frames of 32 x 16: ")
                .contains("peak memory")
                .contains("  conv3d ");
        assertThat(notes).anyMatch(note -> note.startsWith("round 1: "));
    }

    @ParameterizedTest
    @CsvSource({"cogvideox-t2v-tiny, 64x48x9, svg", "hunyuanvideo-tiny, 64x48x5, dense"})
    void makesAVideoByAWholePipelineOfRandomWeights(
            String model, String size, String attention, @TempDir Path folder) {
        Path video = folder.resolve("noise.mp4");
        String[] command = {
            "generate",
            "--config",
            Goldens.folder(model).toString(),
            "--synthetic-weights",
            "--size",
            size,
            "--attention",
            attention,
            "--density",
            "0.9",
            "--steps",
            "3",
            "--dense-steps",
            "2",
            "--device",
            "cpu",
            "--output",
            video.toString()
        };
        assertThat(bench(command)).as(printed()).isZero();
        assertThat(video).isNotEmptyFile();
        assertThat(printed())
                .contains(attention + " attention, density ", ", 3 steps")
                .containsPattern("text +[0-9.]+ s")
                .containsPattern("denoise +[0-9.]+ s")
                .containsPattern("decode +[0-9.]+ s")
                .containsPattern("write +[0-9.]+ s")
                .contains("medians of steps: warm-up ");
        assertThat(notes).contains("denoise 3/3");
    }

    @Test
    void timesEveryOperationOfTheDemoOnACpu() {
        String[] command = {
            "kernels", "--size", "64x48x5", "--density", "0.9", "--device", "cpu", "--rounds", "1"
        };
        assertThat(bench(command)).as(printed()).isZero();
        assertThat(printed().lines())
                .contains("demo, 5 frames of 64 x 48", "text", "denoise", "decode")
                .anyMatch(line -> line.matches("  linear, gelu tanh +[0-9.]+ ms .*"))
                .anyMatch(line -> line.matches("  linearPair +[0-9.]+ ms .*"))
                .anyMatch(line -> line.matches("  attention, dense +[0-9.]+ ms .*"))
                .anyMatch(line -> line.matches("  attention, kept 0\\.\\d\\d +[0-9.]+ ms .*"))
                .anyMatch(line -> line.matches("  profile +[0-9.]+ ms .*"))
                .anyMatch(line -> line.matches("  splitHeads, rms norm, rotated +[0-9.]+ ms .*"))
                .anyMatch(line -> line.matches("  rmsNorm .* TB/s .*"))
                .anyMatch(line -> line.matches("  conv3d .* (TFLOP|TB)/s .*f32\\[.*"));
        assertThat(notes).anyMatch(note -> note.matches("demo, denoise: \\d+ operations"));
    }

    @Test
    void refusesKernelsOfAModelThatItDoesNotKnow() {
        assertThat(bench("kernels", "--config", "sora", "--device", "cpu")).isEqualTo(2);
        assertThat(printed())
                .startsWith(
                        "--config: expected one of [cogvideox-1.5-5b, hunyuanvideo-13b] or a"
                                + " model's folder, found 'sora'");
        bytes.reset();
        assertThat(bench("kernels", "--rounds", "0")).isEqualTo(2);
        assertThat(printed()).startsWith("--rounds 0: expected at least 1");
        bytes.reset();
        assertThat(bench("kernels", "--size", "big")).isEqualTo(2);
        assertThat(printed()).startsWith("--size: expected WIDTHxHEIGHTxFRAMES, found 'big'");
    }

    @Test
    void refusesASizeThatIsMissing() {
        assertThat(
                        bench(
                                "generate",
                                "--config",
                                Goldens.folder("hunyuanvideo-tiny").toString(),
                                "--synthetic-weights"))
                .isEqualTo(2);
        assertThat(printed()).startsWith("--size is missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cogvideox-1.5-5b", "hunyuanvideo-13b"})
    void knowsWholeModelsByName(String name) {
        Path path;
        try (ModelFolder folder = ModelFolder.of(name);
                Checkpoint checkpoint = Checkpoint.synthetic(folder.path());
                Tokenizer tokenizer = Tokenizers.open(checkpoint, "tokenizer")) {
            path = folder.path();
            assertThat(checkpoint.components()).hasSizeGreaterThan(4);
            assertThat(tokenizer.encode("a few words", 8).used()).isEqualTo(4);
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void refusesSizesThatAnAutoencoderCannotMake() {
        String config = Goldens.folder("hunyuanvideo-tiny").resolve("vae/config.json").toString();
        assertThat(bench("decode", "--config", config, "--synthetic-weights", "--size", "30x16x5"))
                .isEqualTo(2);
        assertThat(printed()).contains("width");
    }

    @Test
    void refusesADenoiserThatItDoesNotKnow() {
        assertThat(bench("denoise", "--config", "sora", "--synthetic-weights", "--size", "8x8x8"))
                .isEqualTo(2);
        assertThat(printed())
                .startsWith(
                        "--config: expected one of [cogvideox-1.5-5b, hunyuanvideo-13b] or a"
                                + " transformer's config.json, found 'sora'");
    }

    @Test
    void handsRecordsToTheJsonWriter() {
        assertThat(bench("matmul", "--sizes", "8x8x8", "--rounds", "1", "--json")).isZero();
        assertThat(printed()).startsWith("json [Row[size=8x8x8, gflops={vector=");
    }

    @Test
    void bringsAFileToADevice() {
        try (Backend backend = Backends.open("cpu", note -> {})) {
            WeightsBench.Outcome found = WeightsBench.run(backend, Path.of("target"), 5, 1 << 16);
            assertThat(found.bytes()).isEqualTo(5 << 16);
            assertThat(found.coldPart()).isPositive();
            assertThat(found.text()).startsWith("cpu: 0.0 GB; the disk reads ");
        }
        assertThat(bench("weights", "--gigabytes", "0")).isEqualTo(2);
        assertThat(printed()).startsWith("--gigabytes 0: expected at least 1");
    }

    @Test
    void refusesWhatCannotBeMeasured() {
        assertThat(bench("matmul", "--sizes", "8x8")).isEqualTo(2);
        assertThat(printed()).startsWith("--sizes: expected MxNxK, found 8x8");
        assertThat(bench("attention", "--density", "0")).isEqualTo(2);
        assertThat(printed()).contains("--density 0.0: expected more than 0");
        assertThat(bench("attention", "--shape", "sora")).isEqualTo(2);
        assertThat(printed())
                .contains("--shape: expected one of [hunyuan-720p, cogvideox-1.5], found 'sora'");
        assertThat(bench("attention", "--shape", "hunyuan-720p", "--tokens", "5")).isEqualTo(2);
        assertThat(printed()).contains("--tokens, --heads and --head-dim: a --shape has its own");
        assertThat(bench("attention", "--device", "cpu")).isEqualTo(2);
        assertThat(printed()).contains("--device: expected only with --shape");
    }

    private int bench(String... args) {
        PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        return BenchCommand.commandLine(
                        out, notes::add, value -> "json " + value, () -> Goldens.folder(DEMO))
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

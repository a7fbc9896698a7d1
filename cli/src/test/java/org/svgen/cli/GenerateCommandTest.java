package org.svgen.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.media.VideoReader;
import org.svgen.media.VideoWriter;
import org.svgen.models.cogvideox.CogVideoXFamily;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Request;
import org.svgen.tensor.DType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class GenerateCommandTest {
    private final FakePipeline pipeline = new FakePipeline(0, false);

    @TempDir Path folder;

    @Test
    void everyOptionArrivesInTheRequest() {
        Cli cli =
                Cli.run(
                        pipeline,
                        "generate",
                        "a prompt",
                        "--negative-prompt=blur",
                        "--width=48",
                        "--height=40",
                        "--frames=9",
                        "--fps=12.5",
                        "--steps=7",
                        "--guidance=6",
                        "--no-dynamic-guidance",
                        "--seed=-12345678901",
                        "--attention=svg-official",
                        "--density=0.25",
                        "--dense-steps=2",
                        "--dense-layers=0.5",
                        "--sampled-rows=32",
                        "--device=cpu",
                        "--dtype=bf16",
                        "--output",
                        path("a.gif"));
        assertThat(cli.code()).as(cli.err()).isZero();
        Request r = requireNonNull(pipeline.seen);
        assertThat(r.prompt()).isEqualTo("a prompt");
        assertThat(r.negativePrompt()).isEqualTo("blur");
        assertThat(new int[] {r.width(), r.height(), r.frames(), r.steps()})
                .containsExactly(48, 40, 9, 7);
        assertThat(r.fps()).isEqualTo(12.5);
        assertThat(r.guidance()).isEqualTo(6);
        assertThat(r.get(CogVideoXFamily.DYNAMIC_GUIDANCE)).isFalse();
        assertThat(r.seed()).isEqualTo(-12345678901L);
        assertThat(r.attention().mode()).isEqualTo(Mode.SVG_OFFICIAL);
        assertThat(r.attention().density()).isEqualTo(0.25);
        assertThat(r.attention().denseSteps()).isEqualTo(new Amount.Count(2));
        assertThat(r.attention().denseLayers()).isEqualTo(new Amount.Fraction(0.5));
        assertThat(r.attention().sampledRows()).isEqualTo(32);
        assertThat(r.dtype()).isEqualTo(DType.BF16);
    }

    @Test
    void aSeedOfTheUpperHalfIsTakenByItsBitsAndToldWithoutASign() throws IOException {
        Cli cli =
                Cli.run(
                        pipeline,
                        "generate",
                        "x",
                        "--seed=18446744073709551615",
                        "--output=" + path("a.mp4"),
                        "--report=" + path("a.json"));
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.err()).contains("seed 18446744073709551615");
        assertThat(requireNonNull(pipeline.seen).seed()).isEqualTo(-1);
        JsonNode report = new ObjectMapper().readTree(folder.resolve("a.json").toFile());
        assertThat(report.at("/recipe/seed").toString()).isEqualTo("18446744073709551615");
        assertThat(VideoReader.metadata(folder.resolve("a.mp4")).get("comment"))
                .contains("\"seed\":18446744073709551615,");
    }

    @Test
    void whatIsNotGivenComesFromTheModel() {
        Cli.run(pipeline, "generate", "x", "--output", path("a.gif"));
        Request r = requireNonNull(pipeline.seen);
        assertThat(r.frames()).isEqualTo(5);
        assertThat(r.get(CogVideoXFamily.DYNAMIC_GUIDANCE)).isTrue();
        assertThat(r.attention()).isEqualTo(pipeline.defaults().attention());
        assertThat(r.seed()).isZero();
        assertThat(r.dtype()).isEqualTo(DType.F32);
    }

    @Test
    void theNameOfTheVideoAloneGoesToStandardOutput() {
        Cli cli = Cli.run(pipeline, "generate", "x", "--output", path("a.mp4"));
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.out()).isEqualTo(path("a.mp4") + System.lineSeparator());
        assertThat(cli.err())
                .contains("5 frames of 32x24 at 16 fps, 4 steps, guidance 4.5, seed 0")
                .contains("note: the prompt was cut by 3 tokens")
                .contains("denoise")
                .contains(
                        "kept 30.0 % of query-key pairs in sparse calls, 42.0 % in all, attention error 0.065 (at most 0.071)");
    }

    @Test
    void quietSaysNothingButTheNameOfTheVideo() {
        Cli cli = Cli.run(pipeline, "generate", "x", "--quiet", "--output", path("a.mp4"));
        assertThat(cli.out()).isEqualTo(path("a.mp4") + System.lineSeparator());
        assertThat(cli.err()).isEmpty();
    }

    @Test
    void theRecipeGoesWithTheVideoAndIntoTheReport() throws IOException {
        Cli cli =
                Cli.run(
                        pipeline,
                        "generate",
                        "say \"hé\"",
                        "--seed=7",
                        "--output=" + path("a.mp4"),
                        "--report=" + path("a.json"),
                        "--save-latents=" + path("l.safetensors"),
                        "--save-frames=" + path("f.safetensors"),
                        "--contact-sheet=" + path("a.png"));
        assertThat(cli.code()).as(cli.err()).isZero();
        JsonNode report = new ObjectMapper().readTree(folder.resolve("a.json").toFile());
        JsonNode recipe = report.get("recipe");
        assertThat(recipe.get("prompt").asString()).isEqualTo("say \"hé\"");
        assertThat(recipe.get("model_hash").asString()).isEqualTo("c0ffee");
        assertThat(recipe.get("seed").asInt()).isEqualTo(7);
        assertThat(recipe.get("kept_density").asDouble()).isEqualTo(0.42);
        assertThat(report.get("report").get("stage_seconds").get("denoise").asDouble())
                .isEqualTo(1.5);
        assertThat(report.get("report").get("stage_seconds").get("write").asDouble()).isPositive();
        assertThat(report.get("seconds").asDouble())
                .isEqualTo(1.5 + report.at("/report/stage_seconds/write").asDouble());
        assertThat(report.get("report").get("layers").get(0).get("spatial").asInt()).isEqualTo(6);
        var metadata = VideoReader.metadata(folder.resolve("a.mp4"));
        assertThat(new ObjectMapper().readTree(metadata.get("comment"))).isEqualTo(recipe);
        assertThat(metadata).containsEntry("title", "say \"hé\"");
        try (SafeTensors frames = SafeTensors.open(folder.resolve("f.safetensors"));
                SafeTensors latents = SafeTensors.open(folder.resolve("l.safetensors"))) {
            assertThat(frames.find("frames").orElseThrow().shape().dims())
                    .containsExactly(5, 24, 32, 3);
            assertThat(frames.metadata()).containsKey("svgen");
            assertThat(latents.find("latents")).isPresent();
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).hasSize(5);
        }
    }

    @Test
    void aSavedTensorOfLatentsCanBeginARun() {
        Cli.run(
                pipeline,
                "generate",
                "x",
                "--output=" + path("a.gif"),
                "--save-latents=" + path("l.safetensors"));
        Cli cli =
                Cli.run(
                        pipeline,
                        "generate",
                        "x",
                        "--output=" + path("b.gif"),
                        "--latents=" + path("l.safetensors"));
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(requireNonNull(requireNonNull(pipeline.seen).latents()).shape().dims())
                .containsExactly(1, 1, 3, 24, 32);
    }

    @Test
    void theImageIsReadForTheRequest() throws IOException {
        try (Clip clip = new Clip(1, 6, 8, 1)) {
            clip.frames().host().setAtIndex(ValueLayout.JAVA_FLOAT, 3, 1); // the second pixel's red
            VideoWriter.to(path("frames")).write(clip, Map.of());
        }
        Cli cli =
                Cli.run(
                        pipeline,
                        "generate",
                        "x",
                        "--output=" + path("b.gif"),
                        "--image=" + path("frames/frame_0000.png"));
        assertThat(cli.code()).as(cli.err()).isZero();
        float[] expected = new float[6 * 8 * 3];
        expected[3] = 1;
        assertThat(pipeline.image).isEqualTo(expected);
    }

    @Test
    void aPromptMayComeFromStandardInputOrAFile() throws IOException {
        Cli cli =
                Cli.run(
                        (folder, backend, activation) -> pipeline,
                        " a star\n",
                        "generate",
                        "--prompt-file=-",
                        "--output=" + path("a.gif"));
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(requireNonNull(pipeline.seen).prompt()).isEqualTo("a star");
        Files.writeString(folder.resolve("p.txt"), "a moon\n");
        Cli.run(
                pipeline,
                "generate",
                "--prompt-file=" + path("p.txt"),
                "--output=" + path("a.gif"));
        assertThat(requireNonNull(pipeline.seen).prompt()).isEqualTo("a moon");
    }

    @Test
    void aPromptThatLooksLikeAnArgumentFileIsAPrompt() {
        Cli cli = Cli.run(pipeline, "generate", "@home", "--output=" + path("a.gif"));
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(requireNonNull(pipeline.seen).prompt()).isEqualTo("@home");
    }

    @Test
    void programsGetOneObjectWithAllThatTheyAskFor() {
        Cli cli =
                Cli.run(
                        new FakePipeline(0, false),
                        "generate",
                        "x",
                        "--json",
                        "--seed=18446744073709551615",
                        "--output=" + path("a.gif"),
                        "--save-latents=" + path("a.safetensors"));
        assertThat(cli.code()).as(cli.err()).isZero();
        JsonNode printed = new ObjectMapper().readTree(cli.out());
        assertThat(printed.get("output").asString()).isEqualTo(path("a.gif"));
        assertThat(printed.get("files").get("save_latents").asString())
                .isEqualTo(path("a.safetensors"));
        assertThat(printed.get("seed").bigIntegerValue())
                .isEqualTo(new BigInteger("18446744073709551615"));
        assertThat(printed.get("seconds").asDouble()).isGreaterThan(1.5);
        assertThat(printed.get("density").asDouble()).isEqualTo(0.42);
        assertThat(printed.get("sparse_density").asDouble()).isEqualTo(0.3);
        assertThat(printed.get("attention_error").asDouble()).isEqualTo(0.0654);
        assertThat(printed.get("recipe").get("attention_error").asDouble()).isEqualTo(0.0654);
        assertThat(printed.get("model").asString()).isEqualTo("CogVideoXPipeline demo");
        assertThat(printed.get("recipe").get("prompt").asString()).isEqualTo("x");
        assertThat(printed.get("report").get("tokens_cut").asInt()).isEqualTo(3);
        Cli failed =
                Cli.run(
                        new FakePipeline(0, true),
                        "generate",
                        "x",
                        "--json",
                        "--quiet",
                        "--output=" + path("b.gif"));
        assertThat(failed.out()).isEmpty();
        assertThat(failed.errLines()).hasSize(1);
    }

    @Test
    void aRunThatFailsExitsWithOneAndLeavesNothing() throws IOException {
        Cli cli =
                Cli.run(
                        new FakePipeline(0, true),
                        "generate",
                        "x",
                        "--quiet",
                        "--output=" + path("a.mp4"),
                        "--report=" + path("a.json"));
        assertThat(cli.code()).isEqualTo(1);
        assertThat(cli.out()).isEmpty();
        assertThat(cli.errLines())
                .containsExactly(
                        "svgen: NaN in the latents at step 2, layer 3 (SVGEN_DEBUG=1 shows where)");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "a red circle moves right on a black background, red-circle-moves-right",
        "'  The   Star!! ', star",
        "'../../etc/passwd', etc-passwd",
        "'猫が走る', 猫が走る",
        "'...', ''"
    })
    void theDefaultNameComesFromThePrompt(String prompt, String slug) {
        assertThat(OutputOptions.slug(prompt)).isEqualTo(slug);
    }

    @Test
    void aDefaultNameThatIsTakenIsNotOverwritten() throws IOException {
        String stem = OutputOptions.stem("the star");
        assertThat(stem).isEqualTo("svgen-star-");
        assertThat(OutputOptions.stem("!")).isEqualTo("svgen-");
        Path taken = Files.writeString(folder.resolve(stem + "1.mp4"), "a video");
        try (Clip clip = new Clip(2, 32, 32, 8)) {
            for (int number = 2; number < 4; number++) {
                assertThat(VideoWriter.numbered(folder, stem).write(clip, Map.of()))
                        .isEqualTo(folder.resolve(stem + number + ".mp4"))
                        .isRegularFile();
            }
        }
        assertThat(taken).hasContent("a video");
    }

    @Test
    void aVideoThatWasWrittenIsNamedThoughAnotherOutputFails() throws IOException {
        Path place = Files.createDirectory(folder.resolve("place"));
        Cli cli =
                Cli.run(
                        (model, backend, activation) -> {
                            remove(place);
                            return pipeline;
                        },
                        "",
                        "generate",
                        "x",
                        "--output=" + path("a.gif"),
                        "--save-latents=" + path("place/l.safetensors"));
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.out()).isEqualTo(path("a.gif") + System.lineSeparator());
        assertThat(cli.errLines().getLast())
                .isEqualTo(
                        "svgen: cannot write %s: there is no folder %s; the video is whole: %s"
                                .formatted(path("place/l.safetensors"), place, path("a.gif")));
    }

    private static void remove(Path path) {
        try {
            Files.delete(path);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }
}

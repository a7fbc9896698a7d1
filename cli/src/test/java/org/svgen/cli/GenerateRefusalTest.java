package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.checkpoint.SafeTensorsWriter;
import org.svgen.pipeline.Latents;

/** What {@code generate} refuses, or tells, before it does any work. */
class GenerateRefusalTest {
    private final FakePipeline pipeline = new FakePipeline(0, false);

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    --density=0                 | --density: expected a number in (0, 1], found 0.0
                    --density=1.5               | --density: expected a number in (0, 1]
                    --density=NaN               | --density: expected a number in (0, 1]
                    --steps=0                   | --steps: expected a whole number of at least 1, found 0
                    --steps=many                | --steps: expected a whole number of at least 1, found 'many'
                    --frames=99999999999        | --frames: expected a whole number of at least 1 and at most 2147483647, found '99999999999'
                    --density=abc               | --density: expected a number in (0, 1], found 'abc'
                    --jason=maybe               | unknown option --jason=maybe
                    --quiet=maybe               | --quiet: expected no value, found 'maybe'
                    --guidance=1e300            | --guidance: expected a number from 0 to 1000, found 1.0E300
                    --frames=-3                 | --frames: expected
                    --width=0                   | --width: expected
                    --height=0                  | --height: expected
                    --fps=0                     | --fps: expected
                    --guidance=-1               | --guidance: expected a number from 0 to 1000, found -1.0
                    --guidance=Infinity         | --guidance: expected
                    --seed=1e9                  | --seed: expected a whole number from -2^63 to 2^64 - 1, or random, found '1e9'
                    --seed=99999999999999999999 | --seed: expected a whole number from -2^63
                    --seed=18446744073709551616 | --seed: expected a whole number from -2^63
                    --seed=-9223372036854775809 | --seed: expected a whole number from -2^63
                    --seed                      | --seed: expected a value, found none
                    --sampled-rows=0            | --sampled-rows: expected
                    --dense-steps=1.5           | --dense-steps: expected a count such as 5 or a fraction
                    --dense-layers=some         | --dense-layers: expected
                    --attention=flash           | one of dense, svg, svg-official, spatial, temporal
                    --dtype=f64                 | --dtype: expected auto, f32, bf16 or fp8
                    --llama-rotary=f8           | --llama-rotary: expected f32, f16 or bf16, found 'f8'
                    --device=tpu                | --device: expected auto, cpu, cuda or cuda:N, found 'tpu'
                    --model=/no/such            | --model /no/such: expected a folder, ORG/NAME on the hub, a file or one of [demo]
                    --budget=big                | --budget: expected one of fixed, heads, snr, moving, found 'big'
                    --max-error=0               | --max-error: expected a number above 0, or Infinity, found 0.0
                    --max-error=NaN             | --max-error: expected a number above 0, or Infinity, found NaN
                    --max-error=much            | --max-error: expected a number above 0, or Infinity, found 'much'
                    --audit-rows=-1             | --audit-rows: expected a whole number of at least 0, found -1
                    --image=/no/such.png        | /no/such.png: no such file
                    --last-image=/no/such.png   | /no/such.png: no such file
                    --image=/                   | cannot read image /: expected a file, found a folder
                    --latents=/no.safetensors   | /no.safetensors
                    --prompt-file=/p.txt        | give the prompt once
                    --output=a.avi              | expected .mp4, .gif or a folder
                    --output=/                  | cannot write /: expected the name of a file
                    --output=-                  | cannot write -: expected the name of a file
                    --output=/no/such/a.mp4     | there is no folder /no/such
                    --report=/no/such/a.json    | there is no folder /no/such
                    --report=a.txt              | --report: expected a name that ends in .json
                    --contact-sheet=a.jpg       | --contact-sheet: expected a name that ends in .png
                    --heads=a.jpg               | --heads: expected a name that ends in .png, found a.jpg
                    --heads=/no/such/a.png      | there is no folder /no/such
                    --save-latents=a.pt         | --save-latents: expected a name that ends in .safetensors
                    --save-frames=a.npy         | --save-frames: expected a name that ends in .safetensors
                    --dens=0.3                  | unknown option --dens=0.3; did you mean
                    """)
    void aWrongOptionIsToldInOneLineBeforeTheModelIsLoaded(String option, String message) {
        Cli cli =
                Cli.runWithoutModel(
                        "generate",
                        "x",
                        option.startsWith("--output") ? "--quiet" : "--output=" + path("x.mp4"),
                        option);
        assertThat(cli.code()).as(cli.err()).isEqualTo(2);
        assertThat(cli.out()).isEmpty();
        assertThat(cli.errLines())
                .singleElement()
                .asString()
                .startsWith("svgen: ")
                .contains(message);
    }

    @ParameterizedTest
    @CsvSource({"NaN, NaN", "-Infinity, -Infinity"})
    void latentsThatAreNotFiniteAreToldByTheirPlaceBeforeTheModelIsLoaded(
            float value, String found) {
        Path file = folder.resolve("l.safetensors");
        try (Latents latents = new Latents(1, 2, 3)) {
            latents.tensor().host().setAtIndex(ValueLayout.JAVA_FLOAT, 4, value);
            SafeTensorsWriter.write(file, Map.of("latents", latents.tensor()), Map.of());
        }
        Cli cli = Cli.runWithoutModel("generate", "x", "--latents=" + file);
        assertThat(cli.code()).as(cli.err()).isEqualTo(2);
        assertThat(cli.errLines())
                .containsExactly(
                        "svgen: --latents %s: expected finite numbers, found %s at [0, 1, 1] of [1, 2, 3]"
                                .formatted(file, found));
    }

    @ParameterizedTest
    @CsvSource({
        "--budget=fixed,           svg,          fixed",
        "--attention=spatial,      spatial,      moving",
        "--attention=pab,          pab,          moving",
        "--attention=svg-official, svg-official, moving"
    })
    void aLimitOfTheErrorNeedsABudgetThatCanKeepIt(String other, String mode, String budget) {
        Cli cli =
                Cli.run(
                        pipeline,
                        "generate",
                        "x",
                        "--output=" + path("a.gif"),
                        "--max-error=0.1",
                        other);
        assertThat(cli.code()).as(cli.err()).isEqualTo(2);
        assertThat(cli.errLines())
                .containsExactly(
                        "svgen: --max-error: expected --attention svg with a --budget of heads, snr"
                                + " or moving, found %s, %s".formatted(mode, budget));
        assertThat(folder.resolve("a.gif")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"heads", "snr", "moving"})
    void aLimitOfTheErrorIsTakenWithTheOtherBudgets(String budget) {
        Cli cli =
                Cli.run(
                        pipeline,
                        "generate",
                        "x",
                        "--output=" + path("a.gif"),
                        "--max-error=0.1",
                        "--budget=" + budget);
        assertThat(cli.code()).as(cli.err()).isZero();
    }

    @Test
    void aMissingPromptIsToldWithAnExample() {
        Cli cli = Cli.runWithoutModel("generate");
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.err()).contains("the prompt is missing, for example: svgen generate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n\t"})
    void anEmptyPromptIsTakenButSaid(String prompt) {
        Cli cli = Cli.run(pipeline, "generate", prompt, "--output=" + path("a.gif"));
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.err()).contains("note: the prompt is empty");
    }

    @Test
    void anUnquotedPromptIsExplained() {
        Cli cli = Cli.runWithoutModel("generate", "a", "red", "circle");
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.err()).contains("unexpected 'red': text with spaces needs quotes");
    }

    @Test
    void twoOutputsOfOneNameAreRefused() {
        Cli cli =
                Cli.runWithoutModel(
                        "generate",
                        "x",
                        "--save-latents=" + path("a.safetensors"),
                        "--save-frames=" + path("./a.safetensors"));
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.err()).contains("two outputs have this name");
    }

    @Test
    void twoOutputsOfOnePlaceAreRefusedThatHaveTwoNames() throws IOException {
        Path there = Files.createDirectory(folder.resolve("there"));
        Files.createSymbolicLink(folder.resolve("link"), there);
        Cli cli =
                Cli.runWithoutModel(
                        "generate",
                        "x",
                        "--save-latents=" + path("there/a.safetensors"),
                        "--save-frames=" + path("link/a.safetensors"));
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.err()).contains("two outputs have this name");
    }

    @Test
    void noOutputGoesIntoTheFolderOfFrames() throws IOException {
        Files.createDirectory(folder.resolve("frames"));
        Cli cli =
                Cli.runWithoutModel(
                        "generate",
                        "x",
                        "--output=" + path("frames"),
                        "--contact-sheet=" + path("frames/frame_0000.png"));
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.err()).contains("expected a place outside the folder of frames");
    }

    @Test
    void anOddWidthIsRefusedForMp4BeforeTheWork() {
        Cli cli = Cli.run(pipeline, "generate", "x", "--width=33", "--output=" + path("a.mp4"));
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.err()).contains("even width and height").doesNotContain("denoise");
    }

    @Test
    void roomIsAskedForAllOutputsTogether() throws IOException {
        long side = 4096;
        long frames = Files.getFileStore(folder).getUsableSpace() / 14 / (side * side);
        Cli cli =
                Cli.run(
                        pipeline,
                        "generate",
                        "x",
                        "--width=" + side,
                        "--height=" + side,
                        "--frames=" + frames,
                        "--output=" + path("a.gif"),
                        "--save-frames=" + path("f.safetensors"));
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.errLines().getLast())
                .startsWith("svgen: " + path("f.safetensors") + ": up to ");
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }
}

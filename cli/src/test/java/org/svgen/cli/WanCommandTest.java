package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.media.VideoReader;
import org.svgen.models.Pipelines;
import org.svgen.models.wan.WanFamily;
import org.svgen.pipeline.Recipe;
import org.svgen.testkit.Errors;
import org.svgen.testkit.Goldens;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Wan's models from the command line: what they take, and what they refuse in one line. */
class WanCommandTest {
    @TempDir Path folder;

    private static Cli run(String... arguments) {
        return Cli.run(Pipelines::open, "", arguments);
    }

    private static String golden(String model, String file) {
        return Goldens.folder(model).resolve("golden").resolve(file).toString();
    }

    private List<String> generate(String model, String... more) {
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "generate",
                                "a cat",
                                "--model=" + Goldens.folder(model),
                                "--device=cpu",
                                "--output=" + folder.resolve("out.mp4")));
        arguments.addAll(List.of(more));
        return arguments;
    }

    private Cli run(List<String> arguments) {
        return run(arguments.toArray(String[]::new));
    }

    @Test
    void aFirstAndALastPictureFromFilesGiveTheLatentsOfDiffusersAndStandInTheRecipe()
            throws IOException {
        String model = "wan22-i2v-tiny";
        JsonNode s = Goldens.json(model, "golden/pipeline_last.json");
        List<String> arguments =
                generate(
                        model,
                        "--negative-prompt=" + s.get("negative_prompt").asString(),
                        "--image=" + golden(model, "image.png"),
                        "--last-image=" + golden(model, "last_image.png"),
                        "--width=48",
                        "--height=32",
                        "--frames=9",
                        "--steps=5",
                        "--guidance=5",
                        "--guidance-2=3",
                        "--seed=42",
                        "--attention=dense",
                        "--dtype=f32",
                        "--save-latents=" + folder.resolve("latents.safetensors"));
        arguments.set(1, s.get("prompt").asString());
        Cli cli = run(arguments);
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.err()).contains("denoise high noise").contains("denoise low noise");
        try (SafeTensors file = SafeTensors.open(folder.resolve("latents.safetensors"))) {
            float[] expected =
                    Goldens.tensors(model, "golden/pipeline_last.safetensors")
                            .get("final_latents")
                            .floats();
            assertThat(Errors.relative(file.find("latents").orElseThrow().toFloats(), expected))
                    .isLessThan(1e-3);
        }
        Recipe recipe = VideoReader.recipe(folder.resolve("out.mp4")).orElseThrow();
        assertThat(recipe.image()).isEqualTo("image.png");
        assertThat(recipe.lastImage()).isEqualTo("last_image.png");
        assertThat(recipe.settings().keyed())
                .containsEntry("guidance_2", 3.0)
                .containsEntry("boundary", 0.9)
                .containsEntry("shift", "auto");
        assertThat(recipe.request().get(WanFamily.BOUNDARY)).hasValue(0.9);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "wan-i2v-tiny    |                    | --image is missing: this model starts from a picture",
                "wan22-i2v-tiny  | --last-image=P     | --image is missing: this model starts from a picture",
                "wan22-t2v-tiny  | --image=P          | --image: this model starts from text alone",
                "wan-t2v-tiny    | --last-image=P     | --last-image: this model starts from text alone",
                "wan-i2v-tiny    | --image=P --last-image=P | --last-image: this model takes a first picture alone",
                "wan22-ti2v-tiny | --last-image=P     | --last-image: this model takes a first picture alone",
                "wan-flf2v-tiny  | --image=P          | --last-image is missing: this model ends with a picture, too",
                "wan-t2v-tiny    | --frames=80        | --frames 80: this model makes 1 + a multiple of 4 frames; the nearest are 77 and 81",
                "wan-t2v-tiny    | --width=840        | --width 840: expected a multiple of 16; the nearest are 832 and 848",
                "wan22-ti2v-tiny | --height=720       | --height 720: expected a multiple of 32; the nearest are 704 and 736",
                "wan22-t2v-tiny  | --boundary=1.5     | --boundary: expected a number from 0 to 1, or auto, found '1.5'",
                "wan22-t2v-tiny  | --boundary=x       | --boundary: expected a number from 0 to 1, or auto, found 'x'",
                "wan22-t2v-tiny  | --guidance-2=-1    | --guidance-2: expected a number from 0 to 1000, or auto, found '-1'",
                "wan22-t2v-tiny  | --sampler=fast     | --sampler: expected one of auto, euler, lcm, dmd, found 'fast'",
                "wan22-t2v-tiny  | --preset=fast      | --preset: expected auto, none, distill-4, fast-hunyuan, fast-wan, fast-wan-5b, found 'fast'",
                "wan-t2v-tiny    | --sampler=dmd      | --timesteps: expected a list such as 1000,757,522, which sampler dmd goes by, found 'auto'",
                "wan-t2v-tiny    | --timesteps=500,500 | --timesteps: expected falling numbers with commas between them, each a number in (0, 1000], or auto, found '500,500'",
                "wan-t2v-tiny    | --timesteps=1000,x | --timesteps: expected falling numbers with commas between them, each a number in (0, 1000], or auto, found '1000,x'",
                "wan-t2v-tiny    | --timesteps=1000,500 --steps=3 | --timesteps: expected as many as there are steps, 3, found 2",
                "wan22-t2v-tiny  | --shift=0          | --shift: expected a number from 0.01 to 100, or auto, found '0'",
                "wan22-i2v-tiny  | --image=P --last-image=P --frames=1 | --frames 1: a first and a last picture (--last-image) need 5 frames at least"
            })
    void aWrongRequestIsOneLineAndLeavesNothing(String model, String options, String message) {
        List<String> arguments = generate(model);
        if (options != null) {
            String picture = golden("wan-i2v-tiny", "image.png");
            arguments.addAll(List.of(options.replace("=P", "=" + picture).split(" ")));
        }
        Cli cli = run(arguments);
        assertThat(cli.code()).as(cli.err()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(cli.errLines()).containsExactly("svgen: " + message);
        assertThat(folder.resolve("out.mp4")).doesNotExist();
    }

    @Test
    void aFolderWithoutItsSecondExpertIsToldEverywhere() throws IOException {
        TinyModel.copy("wan22-t2v-tiny", folder.resolve("model"));
        Path expert = folder.resolve("model/transformer_2");
        Files.delete(expert.resolve("config.json"));
        Files.delete(expert.resolve("diffusion_pytorch_model.safetensors"));
        String missing = "2 files are missing: transformer_2/config.json, transformer_2/diffusion_";
        List<String> arguments = generate("wan22-t2v-tiny");
        arguments.set(2, "--model=" + folder.resolve("model"));
        Cli cli = run(arguments);
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(cli.errLines()).singleElement().asString().contains(missing);
        assertThat(run("info", folder.resolve("model").toString()).out())
                .contains("cannot be run: " + missing);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "wan-t2v-tiny    | starts from text alone",
                "wan-i2v-tiny    | starts from a picture (--image)",
                "wan-flf2v-tiny  | starts from a picture (--image), ends with another (--last-image)",
                "wan22-i2v-tiny  | starts from a picture (--image), may end with another (--last-image)",
                "wan22-ti2v-tiny | starts from text alone, or from a picture (--image)"
            })
    void infoSaysWhichPicturesAModelTakes(String model, String pictures) {
        Cli info = run("info", Goldens.folder(model).toString());
        assertThat(info.code()).as(info.err()).isZero();
        assertThat(info.out().lines()).contains(pictures);
    }

    @Test
    void modelsShowsTheSettingsOfTheTwoExperts() {
        Cli models = run("models", Goldens.folder("wan22-t2v-tiny").toString(), "--json");
        assertThat(models.code()).as(models.err()).isZero();
        JsonNode model = new ObjectMapper().readTree(models.out()).get(0);
        assertThat(model.at("/problem").isNull()).isTrue();
        assertThat(model.at("/pictures/first").asString()).isEqualTo("refused");
        assertThat(model.at("/settings/width").asInt()).isEqualTo(1280);
        assertThat(model.at("/settings/steps").asInt()).isEqualTo(40);
        assertThat(model.at("/settings/settings/guidance_2").asDouble()).isEqualTo(3);
        assertThat(model.at("/settings/settings/boundary").asDouble()).isEqualTo(0.875);
    }

    @Test
    void planTellsTheExpertsApart() {
        List<String> arguments =
                generate("wan22-t2v-tiny", "--width=48", "--height=32", "--frames=9");
        arguments.set(0, "plan");
        arguments.add("--no-time");
        Cli plan = run(arguments);
        assertThat(plan.code()).as(plan.err()).isZero();
        assertThat(plan.out().lines())
                .contains("tokens     18 of video, twice a step (guidance)")
                .anyMatch(line -> line.matches("stage {15}  +weights  +step  +device"))
                .anyMatch(line -> line.matches("text {16} .* weights used in their files"))
                .anyMatch(line -> line.matches("denoise high noise .* MB  .*"))
                .anyMatch(line -> line.matches("denoise low noise   .* MB  .*"))
                .anyMatch(line -> line.matches("memory .*; one expert at a time"));
    }

    /** Four steps of a file whose name says so; what options say counts more. */
    @Test
    void aFileForFourStepsBringsItsSettings() throws IOException {
        Path lora = Goldens.folder("lora").resolve("wan-t2v-tiny/one.kohya.safetensors");
        Path named = folder.resolve("wan_lightx2v_4step.safetensors");
        Files.copy(lora, named);
        List<String> arguments =
                generate(
                        "wan-t2v-tiny",
                        "--width=48",
                        "--height=32",
                        "--frames=9",
                        "--lora=" + named,
                        "--shift=3");
        Cli cli = Cli.run(Pipelines::open, "", arguments.toArray(String[]::new));
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.err())
                .contains(
                        "note: preset distill-4, as the names say: 4 steps, shift 5, guidance 1, the first step dense")
                .contains(", 4 steps, guidance 1, seed");
        Recipe recipe = VideoReader.recipe(folder.resolve("out.mp4")).orElseThrow();
        assertThat(recipe.settings().keyed())
                .containsEntry("sampler", "euler")
                .containsEntry("shift", 3.0);
    }

    /** Three steps of a model whose name says so, and a list that an option says. */
    @Test
    void aModelForThreeStepsBringsItsListOfTimes() throws IOException {
        Path named = folder.resolve("FastWan2.1-T2V-tiny-Diffusers");
        TinyModel.copy("wan-t2v-tiny", named);
        List<String> arguments =
                generate("wan-t2v-tiny", "--width=48", "--height=32", "--frames=9");
        arguments.replaceAll(a -> a.startsWith("--model=") ? "--model=" + named : a);
        Cli cli = Cli.run(Pipelines::open, "", arguments.toArray(String[]::new));
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.err())
                .contains(
                        "note: preset fast-wan, as the names say: 3 steps at 1000,757,522, shift 8, guidance 1, the first step dense, fresh noise at each")
                .contains(", 3 steps, guidance 1, seed");
        Recipe recipe = VideoReader.recipe(folder.resolve("out.mp4")).orElseThrow();
        assertThat(recipe.settings().keyed())
                .containsEntry("sampler", "dmd")
                .containsEntry("timesteps", "1000,757,522");
        assertThat(recipe.request().steps()).isEqualTo(3);
        arguments.add("--timesteps=1000,400");
        assertThat(Cli.run(Pipelines::open, "", arguments.toArray(String[]::new)).err())
                .contains(", 2 steps, guidance 1, seed");
    }
}

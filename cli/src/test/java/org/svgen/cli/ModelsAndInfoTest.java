package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.media.VideoWriter;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.Clip;
import org.svgen.testkit.Goldens;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class ModelsAndInfoTest {
    @TempDir Path folder;

    @Test
    void theDemoModelIsFoundAndCanBeRun() {
        Cli cli = run("models", "--json");
        assertThat(cli.code()).as(cli.err()).isZero();
        JsonNode demo = new ObjectMapper().readTree(cli.out()).get(0);
        assertThat(demo.get("name").asString()).isEqualTo("demo");
        assertThat(demo.get("problem").isNull()).isTrue();
        assertThat(demo.get("settings").get("frames").asInt()).isPositive();
        assertThat(run("models").out()).startsWith("demo  CogVideoXPipeline, ");
        assertThat(run("models", "demo").out())
                .isEqualTo(run("models").out())
                .contains("a purple heart grows at sunset");
    }

    @Test
    void aFolderShowsWhatCanBeRunAndWhyTheRestCannot() throws IOException {
        Path snapshot = folder.resolve("models--org--flux/snapshots/0123");
        Files.createDirectories(snapshot);
        Files.writeString(
                snapshot.resolve("model_index.json"), "{\"_class_name\": \"FluxPipeline\"}");
        Cli cli = run("models", folder.toString());
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.out())
                .contains("snapshots/0123  FluxPipeline")
                .contains("cannot be run: ")
                .contains("FluxPipeline");
        assertThat(run("models", Goldens.folder("cogvideox-i2v-tiny").toString()).out())
                .contains("    starts from a picture (--image)\n");
        assertThat(run("info", Goldens.folder("cogvideox-i2v-tiny").toString()).out())
                .contains("starts from a picture (--image)\n");
    }

    @Test
    void aModelIsListedOnceWhateverLiesBesideIt() throws IOException {
        TinyModel.copy("cogvideox-t2v-tiny", folder);
        Path above = Files.createDirectories(folder.resolve("above/models"));
        Files.createSymbolicLink(above.resolve("tiny"), folder.resolve("."));
        Files.createSymbolicLink(above.resolve("twin"), folder.resolve("."));
        Files.createSymbolicLink(above.resolve("again"), Path.of(".."));
        Files.createSymbolicLink(above.resolve("loop"), Path.of("loop"));
        Files.setPosixFilePermissions(
                Files.createDirectories(above.resolve("lost+found")), java.util.Set.of());
        Cli cli = run("models", folder.resolve("above").toString());
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.out().lines().filter(line -> line.contains("CogVideoXPipeline"))).hasSize(1);
        assertThat(cli.out()).doesNotContain("cannot be run");
    }

    @Test
    void aClassThatIsNotFollowedAndAVariantThatIsReadAreTold() throws IOException {
        TinyModel.copy("cogvideox-t2v-tiny", folder);
        Path scheduler = folder.resolve("scheduler/scheduler_config.json");
        Files.writeString(
                scheduler,
                Files.readString(scheduler)
                        .replace("CogVideoXDPMScheduler", "CogVideoXDDIMScheduler"));
        Files.move(
                folder.resolve("vae/diffusion_pytorch_model.safetensors"),
                folder.resolve("vae/diffusion_pytorch_model.fp16.safetensors"));
        String[] notes = {
            "scheduler/scheduler_config.json says CogVideoXDDIMScheduler, model_index.json says"
                    + " CogVideoXDPMScheduler: the index is followed, as in diffusers",
            "the fp16 variant of the weights is read, since no other is there: vae"
        };
        assertThat(
                        run(
                                        "plan",
                                        "x",
                                        "--model=" + folder,
                                        "--device=cpu",
                                        "--no-time",
                                        "--width=64",
                                        "--height=48",
                                        "--frames=9",
                                        "--steps=5")
                                .errLines())
                .contains("note: " + notes[0], "note: " + notes[1]);
        assertThat(run("info", folder.toString()).out()).contains(notes);
        JsonNode json = new ObjectMapper().readTree(run("info", folder.toString(), "--json").out());
        assertThat(json.get("notes").size()).isEqualTo(2);
    }

    @Test
    void aFolderWithoutModelsIsBadInput() {
        assertThat(run("models", folder.toString()).code()).isEqualTo(2);
        assertThat(run("models", folder.resolve("none").toString()).err())
                .contains("there is no such folder");
    }

    @Test
    void infoTellsTheComponentsOfAModel() {
        String tiny = Goldens.folder("cogvideox-t2v-tiny").toString();
        Cli cli = run("info", tiny);
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.out())
                .contains("transformer: CogVideoXTransformer3DModel")
                .contains("num_layers = ");
        JsonNode json = new ObjectMapper().readTree(run("info", tiny, "--json").out());
        assertThat(json.get("model_hash").asString()).hasSize(64);
        assertThat(json.get("model").get("parts").size()).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource({
        "vae/diffusion_pytorch_model.safetensors, 1 file is missing: vae/diffusion_pytorch_model.safetensors",
        "transformer/config.json, 1 file is missing: transformer/config.json",
        "tokenizer/spiece.model, 1 file is missing: tokenizer/spiece.model"
    })
    void infoSaysAsModelsDoWhyAModelCannotBeRunAndShowsTheRest(String file, String problem)
            throws IOException {
        TinyModel.copy("cogvideox-t2v-tiny", folder);
        Files.delete(folder.resolve(file));
        Cli cli = run("info", folder.toString());
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.out())
                .contains("\ncannot be run: " + problem + "\n")
                .contains("text_encoder: T5EncoderModel")
                .contains("d_model = ");
        assertThat(run("models", folder.toString()).out()).contains("cannot be run: " + problem);
        JsonNode json = new ObjectMapper().readTree(run("info", folder.toString(), "--json").out());
        assertThat(json.get("problem").asString()).isEqualTo(problem);
    }

    @Test
    void infoSaysThatWeightsDoNotFitTheConfigOrThatNobodyRunsTheClass() throws IOException {
        TinyModel.copy("cogvideox-t2v-tiny", folder);
        assertThat(run("info", folder.toString()).out()).doesNotContain("cannot be run");
        Path config = folder.resolve("transformer/config.json");
        String whole = Files.readString(config);
        Files.writeString(
                config, whole.replaceFirst("\"in_channels\": \\d+", "\"in_channels\": 3"));
        assertThat(run("info", folder.toString()).out())
                .contains("\ncannot be run: ")
                .contains("expected shape")
                .contains("in_channels = 3");
        Files.writeString(config, whole);
        Path weights = folder.resolve("vae/diffusion_pytorch_model.safetensors");
        Files.writeString(weights, "no header");
        assertThat(run("info", folder.toString()).out())
                .contains("\ncannot be run: " + weights)
                .contains("\nvae: AutoencoderKLCogVideoX\n");
        Path index = folder.resolve("model_index.json");
        Files.writeString(
                index, Files.readString(index).replace("CogVideoXPipeline", "MochiPipeline"));
        assertThat(run("info", folder.toString()).out())
                .contains("\ncannot be run: " + index + ": cannot run a MochiPipeline");
    }

    @Test
    void infoTellsTheRecipeOfAVideo() {
        String video = folder.resolve("a.mp4").toString();
        try (Clip clip = new Clip(2, 16, 16, 8)) {
            VideoWriter.to(video).write(clip, Map.of("comment", "{\"seed\":7}"));
        }
        assertThat(run("info", video, "--json").out().strip()).isEqualTo("{\"seed\":7}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {not JSON
                    {"prompt": "cut
                    {"prompt": "x"} and more
                    """)
    void infoOnAVideoWhoseCommentIsNoRecipeSaysSoOnOneLine(String comment) {
        String video = folder.resolve("a.mp4").toString();
        try (Clip clip = new Clip(2, 16, 16, 8)) {
            VideoWriter.to(video).write(clip, Map.of("comment", comment));
        }
        Cli cli = run("info", video);
        assertThat(cli.code()).as(cli.err()).isEqualTo(2);
        assertThat(cli.errLines()).singleElement().asString().contains("a comment that is no JSON");
        assertThat(run("info", video, "--json").out()).isEmpty();
    }

    @Test
    void infoOnAVideoOfOthersSaysThatThereIsNoRecipe() {
        String video = folder.resolve("a.mp4").toString();
        try (Clip clip = new Clip(2, 16, 16, 8)) {
            VideoWriter.to(video).write(clip, Map.of());
        }
        Cli cli = run("info", video);
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.err()).contains("svgen's recipe");
    }

    private static Cli run(String... args) {
        return Cli.run(Pipelines::open, "", args);
    }
}

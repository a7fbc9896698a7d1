package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.media.VideoWriter;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Pipelines;
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
                .contains("starts from a picture (--image)");
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

    @Test
    void infoTellsTheRecipeOfAVideo() {
        String video = folder.resolve("a.mp4").toString();
        try (Clip clip = new Clip(2, 16, 16, 8)) {
            VideoWriter.to(video).write(clip, Map.of("comment", "{\"seed\":7}"));
        }
        assertThat(run("info", video, "--json").out().strip()).isEqualTo("{\"seed\":7}");
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

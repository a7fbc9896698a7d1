package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.media.VideoReader;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.Recipe;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.testkit.Goldens;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** A family brings settings of its own, which go through all doors though no door knows them. */
class SettingsOfAFamilyTest {
    @TempDir Path folder;
    private Path model = Path.of("");

    @BeforeEach
    void aModelOfTheFamily() throws IOException {
        model = TinyModel.copy("cogvideox-t2v-tiny", folder.resolve("toy"));
        Path index = model.resolve("model_index.json");
        String text = Files.readString(index);
        assertThat(text).contains("\"CogVideoXPipeline\"");
        Files.writeString(index, text.replace("CogVideoXPipeline", RenamedFamily.PIPELINE));
    }

    private Cli generate(Path from, String... more) {
        List<String> words =
                new ArrayList<>(
                        List.of(
                                "generate",
                                "a circle",
                                "--model=" + from,
                                "--device=cpu",
                                "--width=32",
                                "--height=32",
                                "--frames=1",
                                "--steps=1",
                                "--attention=dense",
                                "--output=" + folder.resolve("a.gif")));
        words.addAll(List.of(more));
        return Cli.run(Pipelines::open, "", words.toArray(String[]::new));
    }

    private VideoPipeline open(Backend backend) {
        return Pipelines.open(model, backend);
    }

    private void recommend(String json) throws IOException {
        Files.writeString(model.resolve("svgen.json"), json);
    }

    @Test
    void optionsAreMadeOfThem() {
        assertThat(Cli.runWithoutModel("generate", "--help").out())
                .contains("--toy-boost=FACTOR", "Multiply the guidance, by 100 % by default.")
                .contains("--[no-]toy-halve", "--toy-rounds=N", "--toy-tone=dark|light");
        assertThat(Cli.runWithoutModel("plan", "--help").out()).contains("--toy-boost=FACTOR");
    }

    @Test
    void anOptionReachesTheModelAndTheRecipeMakesTheSameVideoAgain() throws IOException {
        Path latents = folder.resolve("latents.safetensors");
        Path report = folder.resolve("report.json");
        Cli cli =
                generate(
                        model,
                        "--toy-boost=2",
                        "--toy-halve",
                        "--toy-rounds=3",
                        "--toy-tone=LIGHT",
                        "--save-latents=" + latents,
                        "--report=" + report);
        assertThat(cli.code()).as(cli.err()).isEqualTo(ExitCode.DONE);
        assertThat(cli.err()).contains("note: toy rounds 3, tone light").doesNotContain("not used");
        JsonNode settings = new ObjectMapper().readTree(report.toFile()).at("/recipe/settings");
        assertThat(settings)
                .hasToString(
                        "{\"toy_boost\":2.0,\"toy_halve\":true,\"toy_rounds\":3,\"toy_tone\":\"light\"}");

        Recipe recipe = VideoReader.recipe(folder.resolve("a.gif")).orElseThrow();
        Request request = recipe.request();
        assertThat(request.get(RenamedFamily.TONE)).isEqualTo(RenamedFamily.Tone.LIGHT);
        float[] same = latents(request);
        assertThat(saved(latents)).isEqualTo(same);
        // Twice and half is once.
        assertThat(latents(with(with(request, "toyBoost", 1), "toyHalve", false))).isEqualTo(same);
        assertThat(latents(with(request, "toyHalve", false))).isNotEqualTo(same);
    }

    private static Request with(Request request, String name, Object value) {
        return request.toBuilder().set(name, value).build();
    }

    private float[] latents(Request request) {
        try (Backend backend = Backends.open("cpu", note -> {});
                VideoPipeline pipeline = open(backend);
                Result result = pipeline.generate(request, StepListener.SILENT)) {
            return result.latents().toFloats();
        }
    }

    private static float[] saved(Path latents) {
        try (SafeTensors file = SafeTensors.open(latents)) {
            return file.find("latents").orElseThrow().toFloats();
        }
    }

    @Test
    void theModelsFolderMayRecommendThem() throws IOException {
        recommend("{\"toy_boost\": 3, \"toy_tone\": \"light\"}");
        try (Backend backend = Backends.open("cpu", note -> {});
                VideoPipeline pipeline = open(backend)) {
            Request request = Request.of("", pipeline.defaults());
            assertThat(request.get(RenamedFamily.BOOST)).isEqualTo(3);
            assertThat(request.get(RenamedFamily.TONE)).isEqualTo(RenamedFamily.Tone.LIGHT);
            assertThat(request.settings().keyed())
                    .containsKeys("toy_boost", "toy_halve", "toy_rounds", "toy_tone")
                    .hasSize(4);
        }
        Cli cli = Cli.run(Pipelines::open, "", "models", model.toString(), "--json");
        assertThat(cli.out()).contains("\"toy_boost\" : 3.0");
    }

    @Test
    void aWrongValueIsRefusedAtEachDoorInItsWords() throws IOException {
        assertThat(Cli.runWithoutModel("generate", "x", "--toy-boost=5").err())
                .isEqualToIgnoringNewLines(
                        "svgen: --toy-boost: expected a number in (0, 4], found '5'");
        try (Backend backend = Backends.open("cpu", note -> {});
                VideoPipeline pipeline = open(backend)) {
            assertThatThrownBy(() ->
                            Request.builder(pipeline.defaults()).set(RenamedFamily.BOOST, 5.0))
                    .hasMessage("toyBoost: expected a number in (0, 4], found 5.0");
            Request byName = Request.builder(pipeline.defaults()).set("toyTone", "grey").build();
            assertThatThrownBy(() -> pipeline.check(byName))
                    .isInstanceOf(BadInputException.class)
                    .hasMessage("toyTone: expected dark or light, found 'grey'");
        }
        recommend("{\"toy_rounds\": 10}");
        Cli cli = generate(model);
        assertThat(cli.code()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(cli.err())
                .contains("svgen.json: \"toy_rounds\": expected a whole number from 1 to 9");
    }

    @Test
    void aModelOfAnotherFamilySaysThatItDoesNotUseThem() {
        Cli cli = generate(Goldens.folder("cogvideox-t2v-tiny"), "--toy-boost=2");
        assertThat(cli.code()).as(cli.err()).isEqualTo(ExitCode.DONE);
        assertThat(cli.err()).contains("note: toy boost is not used: this model has no such");
        cli = generate(model, "--dynamic-guidance");
        assertThat(cli.err()).contains("note: dynamic guidance is not used: this model has no");
    }
}

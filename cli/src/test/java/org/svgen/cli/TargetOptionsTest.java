package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.models.Pipelines;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** {@code --target-psnr} and {@code --calibration}, by a model that is made of random numbers. */
class TargetOptionsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;
    private Path model = Path.of("");

    @BeforeEach
    void copy() throws IOException {
        model = TinyModel.copy("cogvideox-t2v-tiny", folder.resolve("tiny"));
    }

    private Cli run(String command, String... more) {
        List<String> arguments = new ArrayList<>(List.of(command, "a circle"));
        arguments.addAll(
                List.of(
                        "--model=" + model,
                        "--device=cpu",
                        "--width=48",
                        "--height=32",
                        "--frames=9",
                        "--steps=3",
                        "--dense-steps=1",
                        "--output=" + folder.resolve("a.mp4")));
        arguments.addAll(List.of(more));
        return Cli.run(Pipelines::open, "", arguments.toArray(String[]::new));
    }

    private Path calibration(Path file, String hash, int steps) throws IOException {
        return Files.writeString(
                file,
                """
                {"model": "CogVideoXPipeline x", "model_hash": "%s", "share": 0.9, "videos": 24,
                "max_error_and_psnr": [[0.05, 36], [0.2, 28]], "error_bound_factor": 1.5,
                "error_bound_share": 0.95, "settings": {"steps": %d, "budget": "moving"}}
                """
                        .formatted(hash, steps));
    }

    private String hash() {
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            return checkpoint.hash();
        }
    }

    @Test
    void theModelsOwnCalibrationTurnsATargetIntoALimitAndBoundsTheError() throws IOException {
        calibration(model.resolve("calibration.json"), hash(), 3);
        Cli cli = run("generate", "--target-psnr=32", "--json");
        assertThat(cli.code()).as(cli.err()).isZero();
        JsonNode printed = JSON.readTree(cli.out());
        assertThat(printed.at("/recipe/target_psnr").asDouble()).isEqualTo(32);
        assertThat(printed.at("/recipe/max_error").asDouble()).isBetween(0.0999, 0.1001);
        double error = printed.at("/attention_error").asDouble();
        assertThat(error).isPositive().isLessThan(0.11);
        assertThat(printed.at("/report/receipt/bound").asDouble()).isEqualTo(1.5 * error);
        assertThat(cli.err()).contains(" (at most ").doesNotContain("may be missed");
    }

    @Test
    void otherSettingsAreNotedAndBoundNothing() throws IOException {
        Path file = calibration(folder.resolve("c.json"), hash(), 50);
        Cli cli = run("generate", "--target-psnr=20", "--calibration=" + file, "--json");
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(cli.errLines())
                .contains(
                        "note: target psnr may be missed: %s was measured with other settings than these: steps 3 (50)"
                                .formatted(file));
        JsonNode printed = JSON.readTree(cli.out());
        assertThat(printed.at("/recipe/max_error").asDouble()).isEqualTo(0.2);
        assertThat(printed.at("/report/receipt/bound").isNull()).isTrue();
    }

    @Test
    void whatCannotBeAimedAtIsRefusedInOneLine() throws IOException {
        Path file = calibration(folder.resolve("c.json"), "abcdef0123456789", 3);
        refused(
                "--target-psnr 28.0: expected a calibration (--calibration, or calibration.json in the"
                        + " model's folder), found none; the preset calibrate of svgen study makes one",
                "--target-psnr=28");
        refused(
                "--target-psnr 40.0: expected 28.0 to 36.0 dB, the range of " + file,
                "--target-psnr=40",
                "--calibration=" + file);
        refused(
                "--calibration: expected one of this model (hash %s), found that of CogVideoXPipeline x (hash abcdef012345) in %s; the preset calibrate of svgen study makes one"
                        .formatted(hash().substring(0, 12), file),
                "--target-psnr=30",
                "--calibration=" + file);
        refused(
                "--target-psnr: expected no --max-error beside it, found both; either says how close"
                        + " the video is to come",
                "--target-psnr=30",
                "--max-error=0.1");
        refused(
                "%s: there is no such file".formatted(folder.resolve("none.json")),
                "--calibration=" + folder.resolve("none.json"));
        assertThat(folder.resolve("a.mp4")).doesNotExist();
    }

    private void refused(String line, String... options) {
        Cli cli = run("generate", options);
        assertThat(cli.code()).as(cli.err()).isEqualTo(2);
        assertThat(cli.errLines()).last().isEqualTo("svgen: " + line);
    }
}

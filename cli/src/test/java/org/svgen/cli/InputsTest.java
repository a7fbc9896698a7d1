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
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.media.VideoWriter;
import org.svgen.pipeline.Clip;

class InputsTest {
    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({
        "--image, photo.png, --contact-sheet, photo.png",
        "--image, photo.png, --contact-sheet, link/photo.png",
        "--image, shortcut.png, --contact-sheet, photo.png",
        "--last-image, photo.png, --contact-sheet, photo.png",
        "--image, photo.png, --heads, link/photo.png",
        "--image, moves.gif, --output, moves.gif",
        "--image, frames/frame_0001.png, --output, frames",
        "--latents, a.safetensors, --save-latents, a.safetensors",
        "--prompt-file, words.json, --report, words.json"
    })
    void noOutputReplacesWhatIsRead(String read, String input, String write, String output)
            throws IOException {
        Files.createSymbolicLink(folder.resolve("link"), folder);
        Files.createSymbolicLink(folder.resolve("shortcut.png"), folder.resolve("photo.png"));
        Files.createDirectory(folder.resolve("frames"));
        for (String name :
                new String[] {
                    "photo.png", "moves.gif", "frames/frame_0001.png", "a.safetensors", "words.json"
                }) {
            Files.writeString(folder.resolve(name), "mine");
        }
        Cli cli =
                read.equals("--prompt-file")
                        ? Cli.runWithoutModel("generate", read, path(input), write, path(output))
                        : Cli.runWithoutModel(
                                "generate", "x", read, path(input), write, path(output));
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.err())
                .contains(
                        "cannot write %s: the input %s would be lost"
                                .formatted(path(output), path(input)));
        assertThat(folder.resolve(input)).hasContent("mine");
    }

    @ParameterizedTest
    @CsvSource({
        "--save-latents, model/transformer/diffusion_pytorch_model.safetensors",
        "--save-frames, link/transformer/diffusion_pytorch_model.safetensors",
        "--save-frames, blob.safetensors",
        "--report, model/model_index.json",
        "--report, model/transformer/config.json"
    })
    void noOutputReplacesAFileOfTheModel(String write, String output) throws IOException {
        Path weights = model();
        Cli cli = generate(write, output);
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.errLines()).hasSize(1);
        assertThat(cli.err())
                .contains("cannot write %s: the input".formatted(path(output)))
                .contains("would be lost");
        assertThat(weights).hasContent("weights");
        assertThat(folder.resolve("a.gif")).doesNotExist();
    }

    @Test
    void outputsMayLieInTheFolderOfTheModel() throws IOException {
        model();
        Cli cli = generate("--save-latents", "model/transformer/latents.safetensors");
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(folder.resolve("model/transformer/latents.safetensors")).exists();
    }

    /** Its weights are a link, as in a cache of the hub. */
    private Path model() throws IOException {
        Path component = Files.createDirectories(folder.resolve("model/transformer"));
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("model"));
        Files.writeString(
                folder.resolve("model/model_index.json"),
                """
                {"_class_name": "CogVideoXPipeline",
                 "transformer": ["diffusers", "CogVideoXTransformer3DModel"]}
                """);
        Files.writeString(component.resolve("config.json"), "{}");
        Path blob = Files.writeString(folder.resolve("blob.safetensors"), "weights");
        return Files.createSymbolicLink(
                component.resolve("diffusion_pytorch_model.safetensors"), blob);
    }

    private Cli generate(String write, String output) {
        return Cli.run(
                new FakePipeline(0, false),
                "generate",
                "x",
                "--device=cpu",
                "--model=" + path("model"),
                "--output=" + path("a.gif"),
                write,
                path(output));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/frame_0000.png", "b/frame_0002.png", "link/frame_0001.png"})
    void aContactSheetReplacesNoFrameThatIsCompared(String sheet) throws IOException {
        twoFoldersOfFrames();
        byte[] before = Files.readAllBytes(folder.resolve(sheet));
        Cli cli = compare(sheet);
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.out()).isEmpty();
        assertThat(cli.err()).contains("would be lost");
        assertThat(Files.readAllBytes(folder.resolve(sheet))).isEqualTo(before);
    }

    @Test
    void aContactSheetMayLieBesideTheFrames() throws IOException {
        twoFoldersOfFrames();
        Cli cli = compare("a/sheet.png");
        assertThat(cli.code()).as(cli.err()).isZero();
        assertThat(folder.resolve("a/sheet.png")).exists();
    }

    private void twoFoldersOfFrames() throws IOException {
        for (String name : new String[] {"a", "b"}) {
            try (Clip clip = new Clip(3, 20, 24, 8)) {
                VideoWriter.to(path(name)).write(clip, Map.of());
            }
        }
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("b"));
    }

    private Cli compare(String sheet) {
        return Cli.runWithoutModel("compare", path("a"), path("b"), "--contact-sheet", path(sheet));
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }
}

package org.svgen.cli.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.pipeline.Fields;
import org.svgen.tensor.BadInputException;

/** Names of files in folders as ComfyUI has them. */
class ModelFoldersTest {
    @TempDir Path comfy;
    @TempDir Path other;

    private ModelFolders folders = ModelFolders.NONE;

    @BeforeEach
    void write() throws IOException {
        file(comfy, "diffusion_models/wan/high.safetensors");
        file(comfy, "vae/wan_2.1_vae.safetensors");
        file(comfy, "loras/wan/style.safetensors");
        file(comfy, "loras/put_loras_here.txt");
        file(other, "style.gguf");
        file(other, "models/tiny/model_index.json");
        file(other, "models/tiny/vae/diffusion_pytorch_model.safetensors");
        folders =
                ModelFolders.of(Map.of(ModelFolders.VARIABLE, comfy + File.pathSeparator + other));
    }

    private static Path file(Path root, String name) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, name);
    }

    @Test
    void aFileIsFoundByItsPlaceOrItsName() {
        Path style = comfy.resolve("loras/wan/style.safetensors");
        for (String words :
                List.of(
                        "loras/wan/style.safetensors",
                        "loras/wan/style",
                        "wan/style.safetensors", // as ComfyUI calls it
                        "wan/style",
                        "style.safetensors",
                        style.toString())) {
            assertThat(folders.find(Role.ADAPTER, words)).as(words).contains(style);
        }
        assertThat(folders.find(Role.ADAPTER, "put_loras_here")).isEmpty();
        assertThat(folders.find(Role.ADAPTER, "")).isEmpty();
    }

    @Test
    void ofSeveralOfOneNameThatInTheRightFolderIsMeant() {
        assertThat(folders.resolve(Role.ADAPTER, "style"))
                .isEqualTo(comfy.resolve("loras/wan/style.safetensors"));
        assertThatThrownBy(() -> folders.find(Role.VAE, "style"))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "style: expected the name of one file, found 2 in the folders of SVGEN_MODELS: %s, %s; more of a path tells them apart",
                        comfy.resolve("loras/wan/style.safetensors"), other.resolve("style.gguf"));
    }

    @Test
    void aPathThatIsThereCountsFirst() throws IOException {
        Path mine = file(other, "mine/wan_2.1_vae.safetensors");
        assertThat(folders.find(Role.VAE, mine.toString())).contains(mine);
    }

    @Test
    void whatIsNotThereIsSaidWithTheNearestName() {
        assertThatThrownBy(() -> folders.require(Role.VAE, Fields.VAE, "wan2.1_vae.safetensors"))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "vae wan2.1_vae.safetensors: there is no such file, nor one of that name in the folders of SVGEN_MODELS; the nearest there is wan_2.1_vae.safetensors");
        assertThatThrownBy(() -> ModelFolders.NONE.require(Role.VAE, Fields.VAE, "x"))
                .hasMessage("vae x: there is no such file");
    }

    @Test
    void modelsInDiffusersLayoutAreFoundAsOne() {
        assertThat(folders.model("models/tiny")).contains(other.resolve("models/tiny"));
        assertThat(folders.model("tiny")).contains(other.resolve("models/tiny"));
        FolderWalk walk =
                folders.walk(note -> {
                    throw new AssertionError(note);
                });
        assertThat(walk.models()).extracting(KeptFile::name).containsExactly("models/tiny");
        assertThat(walk.files())
                .extracting(KeptFile::name)
                .containsExactly(
                        "diffusion_models/wan/high.safetensors",
                        "loras/wan/style.safetensors",
                        "vae/wan_2.1_vae.safetensors",
                        "style.gguf");
    }

    @Test
    void linksMakeNoCircleAndNoSecondName() throws IOException {
        Files.createSymbolicLink(other.resolve("again"), comfy);
        Files.createSymbolicLink(comfy.resolve("vae/up"), comfy);
        assertThat(folders.walk(note -> {}).files()).hasSize(4);
    }

    @Test
    void aFolderThatIsNotThereIsSaid() {
        List<String> notes = new ArrayList<>();
        new ModelFolders(List.of(other.resolve("no"), other.resolve("style.gguf")))
                .walk(notes::add);
        assertThat(notes)
                .containsExactly(
                        "SVGEN_MODELS: %s: expected a folder, found no such folder"
                                .formatted(other.resolve("no")),
                        "SVGEN_MODELS: %s: expected a folder, found a file"
                                .formatted(other.resolve("style.gguf")));
    }
}

package org.svgen.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.models.ModelCopy;
import org.svgen.models.Pipelines;
import org.svgen.models.TinyRun;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.DType;
import org.svgen.tensor.SvgenException;
import org.svgen.tensor.device.Backend;
import org.svgen.testkit.TestDevice;

/** Weights that change while a run reads them. */
@EnabledOnOs(OS.LINUX)
class WeightsWatchTest {
    @TempDir Path folder;

    @Test
    void aFileThatIsCutIsNamed() throws IOException {
        ModelCopy.to(folder, "cogvideox-t2v-tiny");
        assertThatThrownBy(() -> run(new ArrayList<>(), this::cut))
                .isExactlyInstanceOf(SvgenException.class)
                .hasMessageMatching(
                        folder
                                + "/.*\\.safetensors was cut from \\d+ to 16 bytes while it was read; no"
                                + " video was made")
                .hasCauseInstanceOf(InternalError.class);
    }

    private void cut() throws IOException {
        for (Path file : weights()) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(16);
            }
        }
    }

    @Test
    void aFileThatIsWrittenToIsNoted() throws IOException {
        ModelCopy.to(folder, "cogvideox-t2v-tiny");
        Path vae = folder.resolve("vae/diffusion_pytorch_model.safetensors");
        List<String> notes = new ArrayList<>();
        run(notes, () -> Files.setLastModifiedTime(vae, FileTime.fromMillis(0)));
        assertThat(notes)
                .contains(
                        vae
                                + " was written to while it was read: the video may be another than"
                                + " the model's");
    }

    @Test
    void aFileThatAnotherTookTheNameOfIsReadToItsEnd() throws IOException {
        ModelCopy.to(folder, "cogvideox-t2v-tiny");
        List<String> notes = new ArrayList<>();
        run(
                notes,
                () -> {
                    for (Path file : weights()) {
                        Files.move(file, Path.of(file + ".old"));
                        Files.writeString(file, "another");
                    }
                });
        assertThat(notes).noneMatch(line -> line.contains("while it was read"));
    }

    @Test
    void weightsThatAreDeletedMeanwhileLoseNoVideo() throws IOException {
        ModelCopy.to(folder, "cogvideox-t2v-tiny");
        List<String> notes = new ArrayList<>();
        run(
                notes,
                () -> {
                    for (Path file : weights()) {
                        Files.delete(file);
                    }
                });
        assertThat(weights()).isEmpty();
        // The hash may have been faster.
        assertThat(notes)
                .filteredOn(line -> line.contains("hash"))
                .allMatch(line -> line.startsWith("the recipe has no hash of the model: "));
    }

    @Test
    void whyThereIsNoHashOfWeightsThatWereDeletedIsNoted() throws IOException {
        ModelCopy.to(folder, "cogvideox-t2v-tiny");
        List<String> notes = new ArrayList<>();
        try (Backend backend = TestDevice.open();
                Checkpoint checkpoint = Checkpoint.open(folder)) {
            checkpoint.weights("vae", WeightMemory.resident(backend), DType.F32);
            for (Path file : weights()) {
                Files.delete(file);
            }
            try (ModelHash hash = new ModelHash(checkpoint)) {
                assertThat(hash.await(() -> {}, notes::add)).isEmpty();
            }
        }
        assertThat(notes)
                .singleElement()
                .asString()
                .startsWith("the recipe has no hash of the model: ");
    }

    @Test
    void noHashIsGivenThatIsOfOtherWeightsThanWereUsed() throws IOException {
        ModelCopy.to(folder, "cogvideox-t2v-tiny");
        Path vae = folder.resolve("vae/diffusion_pytorch_model.safetensors");
        List<String> notes = new ArrayList<>();
        try (Backend backend = TestDevice.open();
                Checkpoint checkpoint = Checkpoint.open(folder)) {
            checkpoint.weights("vae", WeightMemory.resident(backend), DType.F32);
            Path other = Files.copy(vae, folder.resolve("other"));
            Files.move(other, vae, StandardCopyOption.REPLACE_EXISTING);
            try (ModelHash hash = new ModelHash(checkpoint)) {
                assertThat(hash.await(() -> {}, notes::add)).isEmpty();
            }
        }
        assertThat(notes)
                .containsExactly(
                        "the recipe has no hash of the model: "
                                + vae
                                + " was removed or replaced while it was in use");
    }

    @Test
    void aResultIsFreedWhoseNoteTheListenerThrows() throws IOException {
        ModelCopy.to(folder, "cogvideox-t2v-tiny");
        Path vae = folder.resolve("vae/diffusion_pytorch_model.safetensors");
        try (Backend backend = TestDevice.open();
                Checkpoint checkpoint = Checkpoint.open(folder)) {
            checkpoint.weights("vae", WeightMemory.resident(backend), DType.F32);
            Files.setLastModifiedTime(vae, FileTime.fromMillis(0));
            StepListener throwing =
                    new StepListener() {
                        @Override
                        public void note(String line) {
                            throw new IllegalStateException(line);
                        }
                    };
            Result result = result();
            assertThatThrownBy(() -> new WeightsWatch(checkpoint, throwing).during(() -> result))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("was written to");
            assertThat(result.latents().host().scope().isAlive()).isFalse();
            assertThat(result.clip().frames().host().scope().isAlive()).isFalse();
        }
    }

    private Result result() {
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(folder, backend)) {
            return pipeline.generate(TinyRun.request(pipeline, 1), StepListener.SILENT);
        }
    }

    private List<Path> weights() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(f -> f.toString().endsWith(".safetensors")).toList();
        }
    }

    @FunctionalInterface
    private interface Change {
        void make() throws IOException;
    }

    /** Makes a video, and {@code change} when the first text is encoded. */
    private void run(List<String> notes, Change change) {
        StepListener listener =
                new StepListener() {
                    @Override
                    public void note(String line) {
                        notes.add(line);
                    }

                    @Override
                    public void progress(Stage stage, int done, int total) {
                        if (stage.kind() == Stage.Kind.TEXT && done == 0) {
                            try {
                                change.make();
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        }
                    }
                };
        try (Backend backend = TestDevice.open();
                VideoPipeline pipeline = Pipelines.open(folder, backend)) {
            Request request =
                    Request.builder(pipeline.defaults())
                            .prompt("x")
                            .size(64, 48)
                            .frames(9)
                            .steps(3)
                            .build();
            pipeline.generate(request, listener).close();
        }
    }
}

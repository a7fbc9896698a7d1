package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.checkpoint.SafeTensors;
import org.svgen.checkpoint.SafeTensorsWriter;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.resume.Checkpoints;
import org.svgen.testkit.Goldens;

/** {@code --checkpoint} and {@code --resume}, with a real model. */
class ResumeOptionTest {
    private static final int STEPS = 5;
    private static final String FILE = "checkpoint.safetensors";

    @TempDir Path folder;

    private List<String> begin(String prompt, String video) {
        return new ArrayList<>(
                List.of(
                        "generate",
                        prompt,
                        "--model=" + Goldens.folder("cogvideox-t2v-tiny"),
                        "--width=48",
                        "--height=32",
                        "--frames=9",
                        "--steps=" + STEPS,
                        "--dense-layers=0",
                        "--device=cpu",
                        "--output=" + folder.resolve(video)));
    }

    private List<String> beginKept(String video) {
        List<String> words = begin("a panda", video);
        words.add("--checkpoint=" + kept());
        return words;
    }

    private Path kept() {
        return folder.resolve("kept run");
    }

    private static Cli run(List<String> words) {
        return Cli.run(Pipelines::open, "", words.toArray(String[]::new));
    }

    /**
     * As a shell would see it if Ctrl-C were pressed behind a step, or while the video is written.
     */
    private static Cli stopped(int step, String stdin, List<String> words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(stream(out), stream(err), false);
        Interrupts interrupts = new Interrupts(console::say);
        Thread hook = interrupts.hook();
        Environment environment =
                new Environment(
                        console,
                        new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)),
                        (f, backend, type) ->
                                stopping(Pipelines.open(f, backend, type), step, hook),
                        interrupts,
                        Map.of());
        int code = Main.run(environment, false, words.toArray(String[]::new));
        interrupts.done();
        return new Cli(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static PrintStream stream(ByteArrayOutputStream to) {
        return new PrintStream(to, true, StandardCharsets.UTF_8);
    }

    private static VideoPipeline stopping(VideoPipeline model, int step, Thread hook) {
        return (VideoPipeline)
                Proxy.newProxyInstance(
                        VideoPipeline.class.getClassLoader(),
                        new Class<?>[] {VideoPipeline.class},
                        (_, method, args) -> {
                            if (method.getName().equals("generate")) {
                                args[2] = new Stop((StepListener) args[2], args[3], step, hook);
                            }
                            try {
                                return method.invoke(model, args);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
    }

    /** Presses Ctrl-C, and waits until that has arrived. */
    private record Stop(StepListener listener, Object checkpoints, int step, Thread hook)
            implements StepListener {
        @Override
        public void progress(Stage stage, int done, int total) {
            listener.progress(stage, done, total);
            if (stage.kind() == Stage.Kind.DENOISE && done == step && !hook.isAlive()) {
                hook.start();
                while (!((Checkpoints) checkpoints).stopping()) {
                    Thread.onSpinWait();
                }
            }
        }

        @Override
        public boolean cancelled() {
            return listener.cancelled();
        }

        @Override
        public void note(String line) {
            listener.note(line);
        }
    }

    @Test
    void aRunThatWasStoppedTwiceGivesTheBytesOfOneThatWasNot() throws IOException {
        assertThat(run(begin("a panda", "undisturbed.mp4")).code()).isZero();
        Cli first = stopped(2, "", beginKept("out.mp4"));
        assertThat(first.code()).isEqualTo(130);
        assertThat(first.errLines().getLast())
                .isEqualTo(
                        "svgen: stopped, no video was written; 'svgen generate --resume \"%s\"' goes on behind step 2 of 5",
                        kept());
        List<String> resume = List.of("generate", "--resume", kept().toString());
        Cli second = stopped(4, "", resume);
        assertThat(second.code()).as(second.err()).isEqualTo(130);
        assertThat(second.err()).contains("goes on behind step 2 of 5", "step 4 of 5");
        Cli third = run(resume);
        assertThat(third.code()).as(third.err()).isZero();
        assertThat(third.out()).isEqualTo(folder.resolve("out.mp4") + System.lineSeparator());
        assertThat(folder.resolve("out.mp4"))
                .hasSameBinaryContentAs(folder.resolve("undisturbed.mp4"));
        assertThat(kept()).doesNotExist();
        assertThat(run(resume).errLines())
                .containsExactly("svgen: --resume %s: there is no such folder".formatted(kept()));
    }

    /** Nothing but its lock is left in a folder that was there before. */
    @Test
    void aPromptOfStandardInputIsKeptAndAFolderThatWasThereStays() throws IOException {
        Files.createDirectory(kept());
        Path other = Files.createFile(kept().resolve("mine"));
        List<String> words = beginKept("out.mp4");
        words.remove("a panda");
        words.add("--prompt-file=-");
        assertThat(stopped(1, "a panda plays", words).code()).isEqualTo(130);
        Cli resumed = run(List.of("generate", "--quiet", "--resume=" + kept()));
        assertThat(resumed.err()).isEmpty();
        assertThat(run(begin("a panda plays", "same.mp4")).code()).isZero();
        assertThat(folder.resolve("out.mp4")).hasSameBinaryContentAs(folder.resolve("same.mp4"));
        assertThat(kept().toFile().listFiles()).containsExactly(other.toFile());
    }

    @Test
    void aFolderThatKeepsARunIsNotOverwritten() {
        stopped(1, "", beginKept("out.mp4"));
        Cli again = run(beginKept("again.mp4"));
        assertThat(again.code()).isEqualTo(2);
        assertThat(again.errLines())
                .containsExactly(
                        "svgen: --checkpoint %s: it keeps a run: 'svgen generate --resume \"%1$s\"' goes on with it; without %s the folder is free"
                                .formatted(kept(), kept().resolve(FILE)));
        assertThat(kept().resolve(FILE)).exists();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--steps=3", "a prompt", "--checkpoint=x", "--json"})
    void nothingStandsBesideResume(String word) {
        stopped(1, "", beginKept("out.mp4"));
        Cli cli = run(List.of("generate", "--resume=" + kept(), word));
        assertThat(cli.code()).isEqualTo(2);
        String name = word.startsWith("--") ? word.replaceAll("=.*", "") : "the prompt";
        assertThat(cli.errLines())
                .containsExactly(
                        "svgen: --resume goes on with the options that the run began with: leave out "
                                + name);
    }

    @Test
    void whatIsNoCheckpointOfThisRunIsRefusedInOneLine() throws IOException {
        stopped(1, "", beginKept("out.mp4"));
        Path file = kept().resolve(FILE);
        byte[] whole = Files.readAllBytes(file);
        assertRefused(List.of(), "no checkpoint (checkpoint.safetensors)", file, new byte[0]);

        byte[] flipped = whole.clone();
        flipped[flipped.length - 1000] ^= 4;
        assertRefused(List.of(), "damaged: checksum: expected ", file, flipped);
        assertRefused(List.of(), "truncated", file, java.util.Arrays.copyOf(whole, 9000));

        Files.write(file, whole);
        try (SafeTensors tensors = SafeTensors.open(file)) {
            SafeTensorsWriter.write(
                    folder.resolve("plain"),
                    Map.of("latents", tensors.find("latents").orElseThrow()),
                    Map.of());
        }
        assertRefused(
                List.of(),
                "it holds tensors, but no run",
                file,
                Files.readAllBytes(folder.resolve("plain")));
    }

    private void assertRefused(List<String> more, String words, Path file, byte[] content)
            throws IOException {
        if (content.length == 0) {
            Files.delete(file);
        } else {
            Files.write(file, content);
        }
        List<String> resume = new ArrayList<>(List.of("generate", "--quiet", "--resume=" + kept()));
        resume.addAll(more);
        Cli cli = run(resume);
        assertThat(cli.code()).isEqualTo(2);
        assertThat(cli.errLines()).hasSize(1);
        assertThat(cli.err()).contains(words);
        assertThat(folder.resolve("out.mp4")).doesNotExist();
    }

    @Test
    void aFolderThatTakesNothingIsRefusedBeforeTheModelIsOpened() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        for (Path wrong : List.of(file, file.resolve("below"), Path.of("/proc/kept"))) {
            Cli cli =
                    Cli.runWithoutModel(
                            "generate",
                            "x",
                            "--output=" + folder.resolve("o.mp4"),
                            "--checkpoint=" + wrong);
            assertThat(cli.code()).isEqualTo(2);
            assertThat(cli.errLines()).hasSize(1);
            assertThat(cli.err()).startsWith("svgen: --checkpoint " + wrong);
        }
    }
}

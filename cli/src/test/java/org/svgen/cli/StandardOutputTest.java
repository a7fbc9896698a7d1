package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.media.VideoReader;
import org.svgen.media.VideoWriter;
import org.svgen.pipeline.Clip;

/** A result that could not be written is not called done. */
class StandardOutputTest {
    private static final String FULL = "No space left on device";

    @TempDir Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--help",
                "--version",
                "generate --help",
                "help plan",
                "models",
                "models --json",
                "doctor --json",
                "plan x --no-time",
                "plan x --no-time --json",
                "compare VIDEO VIDEO",
                "compare VIDEO VIDEO --json",
                "info VIDEO",
                "bench matmul --help"
            })
    void everyCommandFailsWhereItsResultFindsNoRoom(String line) {
        Path video = folder.resolve("a.mp4");
        try (Clip clip = new Clip(2, 32, 32, 8)) {
            VideoWriter.to(video.toString()).write(clip, Map.of("comment", "{}"));
        }
        String[] args = line.replace("VIDEO", video.toString()).split(" ");
        Cli whole = run(OutputStream.nullOutputStream(), args);
        assertThat(whole.code()).as(whole.err()).isZero();
        Cli full = run(new Failing(FULL), args);
        assertThat(full.code()).as(full.err()).isEqualTo(1);
        assertThat(full.errLines().getLast())
                .isEqualTo("svgen: cannot write to standard output: " + FULL);
        Cli closed = run(new Failing("Broken pipe"), args);
        assertThat(closed.code()).isEqualTo(141);
        assertThat(closed.err()).as("a closed pipe ends quietly").doesNotContain("svgen: ");
    }

    @Test
    void aVideoWhoseNameCannotBeToldIsNamedByTheError() {
        Path video = folder.resolve("a.mp4");
        Cli full = run(new Failing(FULL), "generate", "x", "--quiet", "--output", "" + video);
        assertThat(full.code()).isEqualTo(1);
        assertThat(full.errLines().getFirst())
                .startsWith(
                        "svgen: cannot write to standard output: %s; the video is whole: %s"
                                .formatted(FULL, video));
        try (Clip clip = VideoReader.read(video)) {
            assertThat(clip.count()).isEqualTo(5);
        }
    }

    @Test
    void aLaterFailureIsSeenToo() {
        Cli full = run(new Failing(FULL, 3000), "generate", "--help");
        assertThat(full.code()).isEqualTo(1);
    }

    private static Cli run(OutputStream out, String... args) {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(out, err, false);
        Environment environment =
                new Environment(
                        console,
                        InputStream.nullInputStream(),
                        (folder, backend, activation) -> new FakePipeline(0, false),
                        new Interrupts(console::say),
                        Map.of("HF_HUB_CACHE", "/nonexistent"));
        int code = Main.run(environment, false, args);
        return new Cli(code, "", err.toString(StandardCharsets.UTF_8));
    }

    private static final class Failing extends OutputStream {
        private final String reason;
        private int room;

        Failing(String reason) {
            this(reason, 0);
        }

        Failing(String reason, int room) {
            this.reason = reason;
            this.room = room;
        }

        @Override
        public void write(int b) throws IOException {
            if (--room < 0) {
                throw new IOException(reason);
            }
        }
    }
}

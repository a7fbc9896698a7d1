package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.media.VideoWriter;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Result;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.resume.CheckpointFile;
import org.svgen.resume.CheckpointInfo;
import org.svgen.resume.Checkpoints;
import org.svgen.resume.Pace;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;

/** A run that is killed (SIGKILL) again and again, and goes on each time. */
class KilledRunTest {
    private static final int STEPS = 10;
    private static final int KILLS = 2;

    @TempDir Path folder;

    @Test
    void theVideoHasTheBytesOfARunThatNobodyKilled() throws Exception {
        Path undisturbed = folder.resolve("undisturbed.mp4");
        Path killed = folder.resolve("killed.mp4");
        Path file = folder.resolve("checkpoint");
        Program.make(undisturbed, Checkpoints.NONE, StepListener.SILENT);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int kept = 0;
        for (int kill = 1; kill <= KILLS; kill++) {
            Process process = start(killed, file);
            int step = kept + 1 + random.nextInt(2);
            while (stepOf(file) < step && process.isAlive()) {
                Thread.sleep(2);
            }
            Thread.sleep(random.nextInt(30));
            process.destroyForcibly().waitFor();
            assertThat(killed).as("seed %d", seed).doesNotExist();
            assertThat(stepOf(file)).as("seed %d", seed).isGreaterThanOrEqualTo(step);
            kept = stepOf(file);
        }
        int[] first = {-1};
        StepListener listener =
                new StepListener() {
                    @Override
                    public void progress(Stage stage, int done, int total) {
                        if (stage.kind() == Stage.Kind.DENOISE && first[0] < 0) {
                            first[0] = done;
                        }
                    }
                };
        Program.make(killed, Program.checkpoints(file), listener);
        assertThat(first[0]).isEqualTo(kept);
        assertThat(killed).as("seed %d", seed).hasSameBinaryContentAs(undisturbed);
    }

    private static int stepOf(Path file) {
        return Files.exists(file) ? CheckpointInfo.read(file).step() : 0;
    }

    private static Process start(Path video, Path file) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "--add-modules=jdk.incubator.vector",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Program.class.getName(),
                                video.toString(),
                                file.toString()));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Makes a small video with the demo model, and keeps each step. */
    static final class Program {
        private Program() {}

        static void main(String[] args) {
            make(Path.of(args[0]), checkpoints(Path.of(args[1])), StepListener.SILENT);
        }

        static CheckpointFile checkpoints(Path file) {
            return new CheckpointFile(file, Pace.EACH_STEP, Map.of()).goOn();
        }

        static void make(Path video, Checkpoints checkpoints, StepListener listener) {
            try (Backend cpu = Backends.open("cpu", note -> {});
                    VideoPipeline pipeline = Pipelines.open(Path.of("../models/demo"), cpu)) {
                Request request =
                        Request.builder(pipeline.defaults())
                                .prompt("a red circle moves right on a black background")
                                .size(64, 64)
                                .frames(9)
                                .steps(STEPS)
                                .build();
                Plan plan = pipeline.plan(request, Long.MAX_VALUE);
                try (Result result = pipeline.generate(request, plan, listener, checkpoints)) {
                    VideoWriter.to(video.toString())
                            .write(
                                    result.clip(),
                                    Map.of("comment", result.recipe().json()),
                                    StepListener.SILENT);
                }
            }
        }
    }
}

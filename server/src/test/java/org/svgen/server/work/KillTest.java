package org.svgen.server.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.server.blob.Blob;
import org.svgen.server.blob.BlobKey;
import org.svgen.server.job.Job;
import org.svgen.server.job.JobId;
import org.svgen.server.job.JobState;
import org.svgen.server.store.Recovery;

/** A service that is killed with -9 while it makes a video: the next one goes on. */
class KillTest {
    private static final int STEPS = 60; // so that it is killed in their midst

    @TempDir Path data;

    private static byte[] video(Factory factory, JobId id) throws IOException {
        try (Blob blob = factory.blobs.open(BlobKey.of(id, "video.mp4")).orElseThrow()) {
            return blob.read().readAllBytes();
        }
    }

    private JobId killed() throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--add-modules=jdk.incubator.vector",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                KilledProgram.class.getName(),
                                data.toString(),
                                Integer.toString(STEPS))
                        .redirectError(data.resolve("errors").toFile())
                        .start();
        try (BufferedReader out = process.inputReader()) {
            String line = out.readLine();
            assertThat(line).as(Files.readString(data.resolve("errors"))).isNotNull();
            return new JobId(line);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void aKilledJobGoesOnFromItsCheckpointAndGivesTheSameBytes() throws Exception {
        JobId killed = killed();
        try (Factory factory = new Factory(data, Duration.ofDays(1))) {
            factory.pool.start();
            JobId undisturbed = factory.ask(Factory.small(STEPS));
            Job job = factory.ended(killed);
            assertThat(job.state()).as("%s", job).isEqualTo(JobState.COMPLETED);
            assertThat(job.run().attempts()).isEqualTo(2);
            assertThat(factory.store.totals().recovered()).containsEntry(Recovery.RESUMED, 1L);
            factory.ended(undisturbed);
            assertThat(video(factory, killed)).isEqualTo(video(factory, undisturbed));
            assertThat(factory.store.events(killed, 0))
                    .extracting(event -> event.name())
                    .isEqualTo(List.of("status", "status", "status", "status", "completed"));
        }
    }
}

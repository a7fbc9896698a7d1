package org.svgen.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.hub.Fixture.Listener;
import org.svgen.testkit.HubServer;

class TwoAtOnceTest {
    @TempDir Path cache;

    @Test
    void threadsShareOneDownload() throws Exception {
        try (HubServer server = Fixture.server();
                ExecutorService threads = Executors.newFixedThreadPool(3)) {
            server.slowDown(5);
            Listener listener = new Listener();
            List<Future<Path>> all = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                all.add(
                        threads.submit(
                                () -> Fixture.hub(server, cache).pull(Fixture.ID, listener)));
            }
            for (Future<Path> one : all) {
                whole(one.get());
            }
            assertThat(server.downloads(Fixture.WEIGHTS)).isEqualTo(1);
            assertThat(listener.notes).anyMatch(n -> n.contains("waiting for another process"));
        }
    }

    @Test
    void processesShareOneDownload() throws Exception {
        try (HubServer server = Fixture.server()) {
            server.slowDown(5);
            Process first = start(server);
            Process second = start(server);
            assertThat(first.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(second.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(List.of(first.exitValue(), second.exitValue())).containsOnly(0);
            assertThat(server.downloads(Fixture.WEIGHTS)).isEqualTo(1);
            whole(cache.resolve("models--org--model/snapshots").resolve(HubServer.COMMIT));
        }
    }

    @Test
    void aProcessThatIsKilledLeavesNothingThatLooksDone() throws Exception {
        try (HubServer server = Fixture.server()) {
            server.slowDown(10);
            Process first = start(server);
            Path blobs = cache.resolve("models--org--model/blobs");
            for (int i = 0; i < 600 && partial(blobs) < Fixture.WEIGHT_BYTES / 10; i++) {
                Thread.sleep(50);
            }
            first.destroyForcibly().waitFor();
            long kept = partial(blobs);
            assertThat(kept).isBetween(1L, Fixture.WEIGHT_BYTES - 1L);
            assertThat(Fixture.hub(server, cache).find(Fixture.ID)).isEmpty();
            server.slowDown(0);
            Listener listener = new Listener();
            whole(Fixture.hub(server, cache).pull(Fixture.ID, listener));
            assertThat(listener.plans.getFirst().here()).isGreaterThanOrEqualTo(kept);
        }
    }

    private static long partial(Path blobs) throws IOException {
        if (!Files.isDirectory(blobs)) {
            return 0;
        }
        try (var files = Files.list(blobs)) {
            return files.filter(f -> f.toString().endsWith(".svgen.incomplete"))
                    .mapToLong(f -> f.toFile().length())
                    .max()
                    .orElse(0);
        }
    }

    private Process start(HubServer server) throws IOException {
        String classPath =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        classPath,
                        "-Xmx128m",
                        Program.class.getName(),
                        server.address(),
                        cache.toString())
                .inheritIO()
                .start();
    }

    private static void whole(Path folder) throws IOException {
        for (String name : Fixture.needed()) {
            assertThat(Files.readAllBytes(folder.resolve(name)))
                    .isEqualTo(Fixture.files().get(name));
        }
    }

    /** Downloads the model: from an address, into a cache. */
    static final class Program {
        private Program() {}

        public static void main(String[] args) {
            Hub hub = Fixture.hub(Fixture.settings(args[0], Path.of(args[1]), null, true, false));
            hub.pull(Fixture.ID, new PullListener() {});
        }
    }
}

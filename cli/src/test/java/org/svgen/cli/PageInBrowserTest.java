package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.testkit.Node;

/** The page of {@code svgen serve} in Chromium, with the demo model behind it. */
class PageInBrowserTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Duration MOST = Duration.ofMinutes(5);
    private static final Pattern CHECK = Pattern.compile("(?m)^(not ok|ok) \\d+ - (.*)$");

    private static final List<String> BROWSERS =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

    @TempDir Path folder;

    private Optional<Process> service = Optional.empty();

    @AfterEach
    void stop() throws InterruptedException {
        if (service.isPresent()) {
            service.get().destroy();
            if (!service.get().waitFor(20, TimeUnit.SECONDS)) {
                service.get().destroyForcibly().waitFor();
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> everyCheckOfThePageHolds() throws IOException {
        Node.require();
        Path chromium = chromium();
        Path page =
                Node.installed(ROOT.resolve("server/src/page"), ROOT.resolve("server/target/page"));
        String base = serve();
        Node.Done done =
                Node.tried(
                        page, MOST, Map.of(), "node", "browser/all.mjs", base, chromium.toString());
        assertThat(done.output()).as("exit code %d", done.exitCode()).contains("\n1..");
        String log = Files.readString(folder.resolve("serve.log"));
        return CHECK.matcher(done.output())
                .results()
                .map(check ->
                        DynamicTest.dynamicTest(
                                check.group(2),
                                () ->
                                        assertThat(check.group(1))
                                                .as(done.output() + "\n" + log)
                                                .isEqualTo("ok")));
    }

    private static Path chromium() {
        Optional<Path> found =
                BROWSERS.stream()
                        .flatMap(name ->
                                Stream.of(String.valueOf(System.getenv("PATH")).split(":"))
                                        .map(place -> Path.of(place, name)))
                        .filter(Files::isExecutable)
                        .findFirst();
        Assumptions.assumeTrue(found.isPresent(), "skipped: no Chromium on the PATH");
        return found.orElseThrow();
    }

    /** Starts the service; returns its address, its first line. */
    private String serve() throws IOException {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "--add-modules=jdk.incubator.vector",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-Dsvgen.home=" + ROOT,
                                "-cp",
                                System.getProperty("java.class.path"),
                                "org.svgen.cli.Main",
                                "serve",
                                "--port",
                                "0",
                                "--data",
                                folder.resolve("data").toString(),
                                "--model",
                                "demo")
                        .redirectError(folder.resolve("serve.log").toFile())
                        .start();
        service = Optional.of(process);
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String base = String.valueOf(out.readLine());
        assertThat(base)
                .as(() -> readable(folder.resolve("serve.log")))
                .startsWith("http://127.0.0.1:");
        return base;
    }

    private static String readable(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}

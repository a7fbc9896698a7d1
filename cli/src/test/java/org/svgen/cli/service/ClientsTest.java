package org.svgen.cli.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.svgen.server.keys.Scope;
import org.svgen.testkit.Goldens;
import org.svgen.testkit.Node;
import tools.jackson.databind.json.JsonMapper;

/** Programs of others against a real service: npm's openai, eventsource and the AI SDK. */
class ClientsTest {
    private static final Path SOURCES = Path.of("src/test/clients").toAbsolutePath();
    private static final Path SAMPLE = Path.of("../samples/ai-sdk").toAbsolutePath().normalize();
    private static final Path COPY = Path.of("target/clients").toAbsolutePath();
    private static final Duration MOST = Duration.ofMinutes(2);
    private static final String SECRET = "whsec_c3Zlc2VjcmV0Zm9ydGVzdHNvZndlYmhvb2tz";
    private static final String IMAGE_MODEL = "cogvideox-i2v-tiny";
    private static final Set<Scope> READ = EnumSet.of(Scope.READ);

    @TempDir static Path folder;

    private static Keyring keys;
    private static ServeProcess service;

    @BeforeAll
    static void start() throws IOException {
        Node.require();
        keys = new Keyring(folder.resolve("keys"));
        for (String name : List.of("openai", "events", "ai-sdk")) {
            keys.add(name, Keyring.ALL);
        }
        keys.add("reader", READ);
        Path secret = Files.writeString(folder.resolve("secret"), SECRET + "\n");
        service =
                ServeProcess.start(
                        folder.resolve("data"),
                        List.of(
                                "--model",
                                "demo",
                                "--model",
                                Goldens.folder(IMAGE_MODEL).toString(),
                                "--api-key-file",
                                keys.file().toString(),
                                "--webhook-secret-file",
                                secret.toString(),
                                "--allow-private-addresses",
                                "--queue-limit",
                                "6"));
    }

    @AfterAll
    static void stop() {
        if (service != null) {
            service.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"openai, 8", "events, 4", "ai-sdk, 3"})
    void clientsOfOthersDoWhatTheyDoElsewhere(String client, int tests) throws IOException {
        Path copy = Node.installed(SOURCES, COPY);
        Files.copy(
                SAMPLE.resolve("svgen.mjs"),
                copy.resolve("svgen.mjs"),
                StandardCopyOption.REPLACE_EXISTING);
        Map<String, String> environment =
                Map.of(
                        "SVGEN_BASE_URL",
                        service.url() + "/v1",
                        "SVGEN_KEY",
                        keys.text(client),
                        "SVGEN_READER",
                        keys.text("reader"),
                        "SVGEN_SECRET",
                        SECRET,
                        "SVGEN_IMAGE_MODEL",
                        IMAGE_MODEL);
        Node.Done done =
                Node.tried(
                        copy,
                        MOST,
                        environment,
                        "node",
                        "--test",
                        "--test-reporter=tap",
                        client + ".test.mjs");
        assertThat(done.exitCode()).as(done.output() + service.log()).isZero();
        assertThat(done.output()).contains("# pass " + tests + "\n", "# fail 0\n");
    }

    @Test
    void theSampleNamesTheAiSdkThatIsTried() {
        JsonMapper json = new JsonMapper();
        assertThat(json.readTree(SAMPLE.resolve("package.json").toFile()).at("/dependencies/ai"))
                .isEqualTo(
                        json.readTree(SOURCES.resolve("package.json").toFile())
                                .at("/dependencies/ai"));
    }
}

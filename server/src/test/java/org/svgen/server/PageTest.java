package org.svgen.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.svgen.testkit.Node;

/** The page's built files, which the jar carries, against its sources. */
class PageTest {
    private static final Path SOURCES = Path.of("src/page").toAbsolutePath();
    private static final String PACKAGE = "org/svgen/server/page";
    private static final Path BUILT = Path.of("src/main/resources", PACKAGE).toAbsolutePath();
    private static final Duration MOST = Duration.ofMinutes(2);

    private static final List<String> BESIDE_SRC =
            List.of(
                    "index.html",
                    "package.json",
                    "package-lock.json",
                    "tsconfig.json",
                    "vite.config.ts");

    @Test
    void theBuiltFilesBelongToTheseSources() throws Exception {
        TreeMap<String, Path> sources = new TreeMap<>();
        BESIDE_SRC.forEach(name -> sources.put(name, SOURCES.resolve(name)));
        files(SOURCES.resolve("src")).forEach((name, file) -> sources.put("src/" + name, file));
        assertThat(SOURCES.resolve("built.sha256"))
                .as("cd server/src/page && npm install && npm run build")
                .hasContent("sources " + hash(sources) + "\nbuilt " + hash(files(BUILT)) + "\n");
    }

    @Test
    void theBuiltFilesAreSmall() throws IOException {
        long bytes = 0;
        for (Path file : files(BUILT).values()) {
            bytes += Files.size(file);
        }
        assertThat(bytes).isLessThan(150_000);
    }

    @Test
    void thePageIsOneDocumentWithoutInlineScriptsOrStyles() throws IOException {
        String document = Files.readString(BUILT.resolve("index.html"));
        assertThat(document)
                .contains("<html lang=\"en\">")
                .containsPattern("<script type=\"module\"[^>]* src=\"/assets/[^\"]+\"></script>")
                .doesNotContain("<style")
                .doesNotContain("style=")
                .doesNotContain("//");
    }

    @Test
    void thePageNamesNoOtherHost() throws IOException {
        for (Map.Entry<String, Path> file : files(BUILT).entrySet()) {
            String text =
                    Files.readString(file.getValue())
                            .replace("http://www.w3.org/2000/svg", "")
                            .replace("http://www.w3.org/1999/xhtml", "")
                            .replace("http://www.w3.org/1998/Math/MathML", "");
            assertThat(text).as(file.getKey()).doesNotContainPattern("https?://[a-z]");
        }
    }

    @Test
    void itsLogicHoldsItsOwnTests() {
        Node.require();
        Path page = Node.installed(SOURCES, Path.of("target/page"));
        Node.Done done = Node.tried(page, MOST, Map.of(), "npm", "test", "--silent");
        assertThat(done.exitCode()).as(done.output()).isZero();
        assertThat(done.output()).containsPattern("(?m)^. tests [1-9]\\d").contains("fail 0");
    }

    @Test
    void aBuildGivesTheBuiltFiles() throws IOException {
        Node.require();
        Path page = Node.installed(SOURCES, Path.of("target/page"));
        Node.Done done = Node.tried(page, MOST, Map.of(), "npm", "run", "build", "--silent");
        assertThat(done.exitCode()).as(done.output()).isZero();
        Map<String, Path> made = files(page.resolve("../main/resources").resolve(PACKAGE));
        assertThat(made.keySet()).isEqualTo(files(BUILT).keySet());
        made.forEach((name, file) -> assertThat(BUILT.resolve(name)).hasSameBinaryContentAs(file));
    }

    /** Of a folder and those within: by their names, with a slash between folders. */
    private static TreeMap<String, Path> files(Path folder) throws IOException {
        TreeMap<String, Path> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            all.filter(Files::isRegularFile)
                    .forEach(file ->
                            files.put(folder.relativize(file).toString().replace('\\', '/'), file));
        }
        return files;
    }

    /** SHA-256 over name, zero, content, zero of each, as the build writes it. */
    private static String hash(Map<String, Path> files)
            throws IOException, NoSuchAlgorithmException {
        MessageDigest sum = MessageDigest.getInstance("SHA-256");
        for (Map.Entry<String, Path> file : files.entrySet()) {
            sum.update(file.getKey().getBytes(UTF_8));
            sum.update((byte) 0);
            sum.update(Files.readAllBytes(file.getValue()));
            sum.update((byte) 0);
        }
        return HexFormat.of().formatHex(sum.digest());
    }
}

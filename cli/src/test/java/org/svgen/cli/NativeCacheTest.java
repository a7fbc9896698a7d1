package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeCacheTest {
    private static final String JAVACPP = "org.bytedeco.javacpp.cachedir";
    private static final String DJL = "DJL_CACHE_DIR";

    @TempDir Path home;

    private final Properties properties = new Properties();

    private void settle(Map<String, String> variables) {
        new NativeCache(variables, home, properties).settle();
    }

    @Test
    void allNativeCodeIsUnpackedBelowOneFolder() {
        settle(Map.of());
        assertThat(properties)
                .containsEntry(JAVACPP, home.resolve(".cache/svgen/javacpp").toString())
                .containsEntry(DJL, home.resolve(".cache/svgen/djl").toString());
        assertThat(home).isEmptyDirectory();
    }

    @Test
    void theCachesFolderOfTheSystemIsHeeded() {
        settle(Map.of("XDG_CACHE_HOME", home.resolve("c").toString()));
        assertThat(properties).containsEntry(DJL, home.resolve("c/svgen/djl").toString());
        properties.clear();
        settle(Map.of("XDG_CACHE_HOME", "relative"));
        assertThat(properties).containsEntry(DJL, home.resolve(".cache/svgen/djl").toString());
    }

    @Test
    void whatTheUserHasSetIsLeftAlone() {
        properties.setProperty(JAVACPP, "mine");
        settle(Map.of(DJL, "mine"));
        assertThat(properties).containsOnlyKeys(JAVACPP).containsEntry(JAVACPP, "mine");
    }

    @Test
    void whereNothingCanBeWrittenATemporaryFolderIsTaken() throws IOException {
        Files.writeString(home.resolve(".cache"), "in the way");
        settle(Map.of());
        Path folder = Path.of(properties.getProperty(JAVACPP)).resolveSibling(".").normalize();
        assertThat(folder).isEmptyDirectory();
        assertThat(folder.toString()).startsWith(System.getProperty("java.io.tmpdir"));
        assertThat(properties).containsEntry(DJL, folder.resolve("djl").toString());
    }

    @Test
    void homeIsWhatTheEnvironmentSays() {
        assertThat(environment(Map.of("HOME", "/elsewhere")).home())
                .isEqualTo(Path.of("/elsewhere"));
        assertThat(environment(Map.of()).home())
                .isEqualTo(Path.of(System.getProperty("user.home")));
    }

    private static Environment environment(Map<String, String> variables) {
        Console console = new Console(System.out, System.err, false);
        return new Environment(
                console,
                System.in,
                (folder, backend, activation) -> new FakePipeline(0, false),
                new Interrupts(line -> {}),
                variables);
    }
}

package org.svgen.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.BadInputException;

class NativeCacheTest {
    private static final String JAVACPP = "org.bytedeco.javacpp.cachedir";
    private static final String DJL = "DJL_CACHE_DIR";
    private static final String SQLITE = "org.sqlite.tmpdir";
    private static final int NOBODY = 65534;

    @TempDir Path home;

    private final Properties properties = new Properties();
    private final List<String> notes = new ArrayList<>();

    private void settle(Map<String, String> variables) {
        new NativeCache(variables, home, properties, Trust.ofUser(home), notes::add).settle();
    }

    private Path javacpp() {
        return Path.of(properties.getProperty(JAVACPP));
    }

    private static Path folder(Path path, String mode) throws IOException {
        Files.createDirectories(path);
        return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    @Test
    void allNativeCodeIsUnpackedBelowOneFolderOfTheUserAlone() throws IOException {
        settle(Map.of());
        Path folder = home.resolve(".cache/svgen/native");
        assertThat(properties)
                .containsEntry(JAVACPP, folder.resolve("javacpp").toString())
                .containsEntry(DJL, folder.resolve("djl").toString())
                .containsEntry(SQLITE, folder.resolve("sqlite").toString());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                .isEqualTo("rwx------");
        settle(Map.of());
        assertThat(notes).isEmpty();
    }

    @Test
    void theCachesFolderOfTheSystemIsHeeded() {
        settle(Map.of("XDG_CACHE_HOME", home.resolve("c").toString()));
        assertThat(properties).containsEntry(DJL, home.resolve("c/svgen/native/djl").toString());
        properties.clear();
        settle(Map.of("XDG_CACHE_HOME", "relative"));
        assertThat(properties)
                .containsEntry(DJL, home.resolve(".cache/svgen/native/djl").toString());
    }

    @Test
    void whatTheUserHasSetIsLeftAlone() {
        String mine = home.resolve("mine").toString();
        properties.setProperty(JAVACPP, mine);
        properties.setProperty(SQLITE, mine);
        settle(Map.of(DJL, mine));
        assertThat(properties)
                .containsOnlyKeys(JAVACPP, SQLITE)
                .containsEntry(JAVACPP, mine)
                .containsEntry(SQLITE, mine);
    }

    @Test
    void aFolderThatTheUserHasNamedButOthersMayWriteToIsRefused() throws IOException {
        Path open = folder(home.resolve("open"), "rwxrwxrwx");
        for (String name : List.of(DJL, "ENGINE_CACHE_DIR")) {
            assertThatThrownBy(() -> settle(Map.of(name, open.toString())))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining(name + "=" + open)
                    .hasMessageContaining("everybody may write to " + open.toRealPath());
        }
        properties.setProperty("org.bytedeco.javacpp.cacheDir", open.toString());
        assertThatThrownBy(() -> settle(Map.of())).hasMessageContaining("cacheDir=" + open);
    }

    @Test
    void aNamedFolderThatCannotBeMadeIsNamed() throws IOException {
        Path file = Files.createFile(home.resolve("file"));
        assertThatThrownBy(() -> settle(Map.of(DJL, file.resolve("x").toString())))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("DJL_CACHE_DIR=" + file.resolve("x"))
                .hasMessageContaining("cannot be made");
    }

    @Test
    void whereNothingCanBeWrittenATemporaryFolderIsTakenAndSaid() throws IOException {
        Files.writeString(home.resolve(".cache"), "in the way");
        settle(Map.of());
        Path folder = javacpp().getParent();
        assertThat(folder).isDirectory();
        assertThat(folder.toString()).startsWith(System.getProperty("java.io.tmpdir"));
        assertThat(properties).containsEntry(DJL, folder.resolve("djl").toString());
        assertThat(notes)
                .singleElement()
                .asString()
                .contains("temporary folder")
                .contains(".cache/svgen/native cannot be made");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".cache", ".cache/svgen", ".cache/svgen/native"})
    void nothingIsLoadedFromWhereEverybodyCanWrite(String open) throws IOException {
        Files.createDirectories(home.resolve(".cache/svgen/native"));
        folder(home.resolve(open), "rwxrwxrwx");
        settle(Map.of());
        assertThat(javacpp()).satisfies(path -> assertThat(path.startsWith(home)).isFalse());
        assertThat(notes).singleElement().asString().contains("everybody may write to");
        folder(home, "rwx------");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {".cache/svgen", ".cache/svgen/native", ".cache/svgen/native/djl/x/lib.so"})
    void nothingIsLoadedFromWhatBelongsToSomebodyElse(String foreign) throws IOException {
        Path library = home.resolve(".cache/svgen/native/djl/x/lib.so");
        folder(home.resolve(".cache/svgen/native"), "rwx------");
        Files.createDirectories(library.getParent());
        Files.createFile(library);
        assumeThat(Files.getAttribute(home, "unix:uid")).as("only root gives away").isEqualTo(0);
        Files.setAttribute(home.resolve(foreign), "unix:uid", NOBODY);
        settle(Map.of());
        assertThat(javacpp()).satisfies(path -> assertThat(path.startsWith(home)).isFalse());
        assertThat(notes).singleElement().asString().contains(foreign + " belongs to ");
    }

    @Test
    void aFolderBehindALinkIsJudgedWhereItIs() throws IOException {
        Path open = folder(home.resolve("open"), "rwxrwxrwx");
        Files.createDirectories(home.resolve(".cache"));
        Files.createSymbolicLink(home.resolve(".cache/svgen"), open);
        settle(Map.of());
        assertThat(notes).singleElement().asString().contains("everybody may write to");
    }

    @ParameterizedTest
    @ValueSource(strings = {"djl", "djl/lib.so", "javacpp/missing.so"})
    void aLinkInTheCacheDoesNotLeadToWhereOthersCanWrite(String name) throws IOException {
        Path open = folder(home.resolve("open"), "rwxrwxrwx");
        if (name.endsWith("lib.so")) {
            Files.createFile(open.resolve("lib.so"));
        }
        Path link = folder(home.resolve(".cache/svgen/native"), "rwx------").resolve(name);
        Files.createDirectories(link.resolveSibling("."));
        Files.createSymbolicLink(link, name.equals("djl") ? open : open.resolve("lib.so"));
        settle(Map.of());
        assertThat(javacpp()).satisfies(path -> assertThat(path.startsWith(home)).isFalse());
        assertThat(notes).singleElement().asString().contains(open.toString());
    }

    @Test
    void linksWithinTheCacheAndToFilesThatNobodyElseWritesAreFine() throws IOException {
        Path cache = folder(home.resolve(".cache/svgen/native"), "rwx------");
        folder(home, "rwx------");
        Path mine = Files.createFile(home.resolve("libmine.so"));
        Files.setPosixFilePermissions(mine, PosixFilePermissions.fromString("rw-r--r--"));
        Files.createSymbolicLink(cache.resolve("libmine.so.1"), mine);
        Files.createSymbolicLink(cache.resolve("libx.so"), Path.of("libx.so.1"));
        settle(Map.of());
        assertThat(notes).isEmpty();
    }

    @Test
    void whatWasJudgedIsUsedWhereverALinkLeadsLater() throws IOException {
        Path mine = folder(home.resolve("mine"), "rwx------");
        Path link = Files.createSymbolicLink(home.resolve("link"), mine);
        settle(Map.of("XDG_CACHE_HOME", link.toString()));
        assertThat(javacpp()).isEqualTo(mine.resolve("svgen/native/javacpp"));
    }

    @Test
    void aWordThatMayBeAPromptDoesNotSkipTheCheck() {
        assertThat(Main.needsNativeCode("generate", "--help")).isFalse();
        assertThat(Main.needsNativeCode("generate", "hi", "-h")).isFalse();
        assertThat(Main.needsNativeCode("--version")).isFalse();
        assertThat(Main.needsNativeCode("generate", "--", "--help")).isTrue();
        assertThat(Main.needsNativeCode("generate", "x", "--negative-prompt", "-h")).isTrue();
    }

    @Test
    void whatSqlitesDriverUnpackedForAProcessThatWasKilledIsDeletedAMinuteLater()
            throws IOException {
        Path cache = folder(home.resolve(".cache/svgen/native"), "rwx------");
        Path sqlite = Files.createDirectories(cache.resolve("sqlite"));
        Path old = Files.createFile(sqlite.resolve("sqlite-3.1-a-libsqlitejdbc.so"));
        Path mark = Files.createFile(sqlite.resolve("sqlite-3.1-a-libsqlitejdbc.so.lck"));
        Path young = Files.createFile(sqlite.resolve("sqlite-3.1-b-libsqlitejdbc.so"));
        FileTime then = FileTime.from(Instant.now().minusSeconds(61));
        Files.setLastModifiedTime(old, then);
        Files.setLastModifiedTime(mark, then);
        settle(Map.of());
        assertThat(old).doesNotExist();
        assertThat(mark).doesNotExist();
        assertThat(young).exists();
    }

    @Test
    void whatDjlHadHalfUnpackedWhenItWasKilledIsDeletedAnHourLater() throws IOException {
        Path djl = folder(home.resolve(".cache/svgen/native"), "rwx------").resolve("djl");
        Path file = Files.createDirectories(djl.resolve("sentencepiece")).resolve("jni12tmp");
        Path folder = Files.createDirectories(djl.resolve("tokenizers/tmp12"));
        Path whole = Files.createDirectories(djl.resolve("tokenizers/0.21"));
        Path young = Files.createFile(djl.resolve("sentencepiece/jni13tmp"));
        Files.createFile(folder.resolve("lib.so"));
        Files.createFile(file);
        for (Path old : List.of(file, folder, whole)) {
            Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(4000)));
        }
        settle(Map.of());
        assertThat(file).doesNotExist();
        assertThat(folder).doesNotExist();
        assertThat(whole).exists();
        assertThat(young).exists();
    }

    @Test
    void homeIsWhatTheEnvironmentSays() {
        assertThat(environment(Map.of("HOME", "/elsewhere")).home())
                .isEqualTo(Path.of("/elsewhere"));
        assertThat(environment(Map.of()).home())
                .isEqualTo(Path.of(System.getProperty("user.home")));
    }

    @Test
    void aUserThatTheSystemDoesNotKnowHasAHomeThatIsNotThere() {
        assertThat(Environment.home("", "?")).isEqualTo(Path.of("/nonexistent"));
        assertThat(Environment.home("", "")).isEqualTo(Path.of("/nonexistent"));
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

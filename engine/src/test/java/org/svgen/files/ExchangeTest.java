package org.svgen.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExchangeTest {
    /** Of Linux, which exchange names. */
    private static final Set<String> DISKS = Set.of("ext4", "tmpfs", "xfs", "btrfs");

    @TempDir Path folder;
    private Path one;
    private Path other;

    @BeforeEach
    void makeTwoFolders() throws IOException {
        one = Files.createDirectories(folder.resolve("a/one"));
        other = Files.createDirectories(folder.resolve("other"));
        Files.writeString(one.resolve("file"), "of one");
        Files.writeString(other.resolve("file"), "of other");
    }

    @Test
    void foldersThatHoldFilesGetEachOthersNames() throws IOException {
        assumeDisk(folder);
        assertThat(Exchange.swap(one, other)).isTrue();
        assertThat(one.resolve("file")).hasContent("of other");
        assertThat(other.resolve("file")).hasContent("of one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"two words", "é", "猫🐈"})
    void namesAreThoseThatJavaUses(String name) throws IOException {
        assumeDisk(folder);
        Path named = Files.move(one, folder.resolve(name));
        assertThat(Exchange.swap(named, other)).isTrue();
        assertThat(named.resolve("file")).hasContent("of other");
    }

    @Test
    void ofAMissingNameNothingIsDone() {
        assertThat(Exchange.swap(one, folder.resolve("missing"))).isFalse();
        assertThat(Exchange.swap(folder.resolve("missing"), other)).isFalse();
        assertThat(one.resolve("file")).hasContent("of one");
        assertThat(other.resolve("file")).hasContent("of other");
    }

    @Test
    void aNameWhoseBytesAreNoTextIsNotTakenForAnotherThatIs() throws Exception {
        Path replaced = Files.createDirectory(folder.resolve("b\ufffd"));
        Process process =
                new ProcessBuilder("sh", "-c", "mkdir \"$(printf 'b\\377')\"")
                        .directory(folder.toFile())
                        .start();
        assumeThat(process.waitFor()).isZero();
        List<Path> both = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "b?")) {
            found.forEach(both::add);
        }
        assumeThat(both).as("names that look alike").hasSize(2);
        both.remove(replaced);
        assertThat(Exchange.swap(both.getFirst(), other)).isFalse();
        assertThat(replaced).isEmptyDirectory();
        assertThat(other.resolve("file")).hasContent("of other");
    }

    static void assumeDisk(Path folder) throws IOException {
        assumeThat(Files.getFileStore(folder).type()).isIn(DISKS);
    }
}

package org.svgen.server.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.BadInputException;

class FolderBlobsTest extends BlobsContract {
    @Override
    Blobs opened() {
        return FolderBlobs.open(folder.resolve("files"));
    }

    @Override
    void fill(BlobKey key) throws IOException {
        Path file = folder.resolve("files").resolve(key.value());
        Files.createDirectories(file.getParent());
        Files.writeString(file, "x");
    }

    @Override
    int unfinished() throws IOException {
        try (var files = Files.list(folder.resolve("files/.unfinished"))) {
            return (int) files.count();
        }
    }

    @Test
    void aFileOfAnotherDiskIsTakenOverToo() throws IOException {
        Path memory = Path.of("/dev/shm");
        org.assertj.core.api.Assumptions.assumeThat(memory).isDirectory();
        Path file = Files.createTempFile(memory, "svgen", ".mp4");
        Files.writeString(file, "video");
        assertThat(blobs.put(key, file)).isEqualTo(5);
        assertThat(file).doesNotExist();
        assertThat(content(key)).isEqualTo("video");
    }

    @Test
    void anOpenFileStaysThoughItIsReplacedAndDeleted() throws IOException {
        blobs.put(key, bytes("video"));
        try (Blob blob = blobs.open(key).orElseThrow()) {
            blobs.put(key, bytes("newer"));
            blobs.deleteAll(BlobKey.folder(job));
            assertThat(blobs.open(key)).isEmpty();
            assertThat(blob.read()).hasBinaryContent("video".getBytes());
        }
    }

    @Test
    void whatAProcessLeftThatDiedIsRemovedOnceItIsOld() throws IOException {
        Path old = Files.createFile(folder.resolve("files/.unfinished/old"));
        Path fresh = Files.createFile(folder.resolve("files/.unfinished/fresh"));
        Instant days = Instant.now().minus(Duration.ofDays(2));
        Files.setLastModifiedTime(old, FileTime.from(days));
        opened();
        assertThat(old).doesNotExist();
        assertThat(fresh).exists();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/etc/passwd",
                "jobs/../x",
                "..",
                "jobs//x",
                "jobs/.hidden",
                "jobs/x/",
                "jobs\\x",
                "jobs/a b",
                "jobs/\u0000"
            })
    void namesThatLeadElsewhereAreRefused(String name) {
        assertThatThrownBy(() -> new BlobKey(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void freeSpaceIsThatOfItsDisk() throws IOException {
        assertThat(blobs.free()).isPresent();
        assertThat(blobs.folder()).hasValue(folder.resolve("files"));
    }

    @Test
    void aFolderThatCannotBeMadeIsRefused() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> FolderBlobs.open(file.resolve("x")))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("files of jobs cannot be kept there");
    }
}

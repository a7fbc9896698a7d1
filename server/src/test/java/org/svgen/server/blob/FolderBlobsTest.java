package org.svgen.server.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.server.job.JobId;
import org.svgen.tensor.BadInputException;

class FolderBlobsTest {
    @TempDir Path folder;

    private final JobId job = JobId.random();
    private final BlobKey key = BlobKey.of(job, "video.mp4");
    private FolderBlobs blobs;

    @BeforeEach
    void open() {
        blobs = FolderBlobs.open(folder);
    }

    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes());
    }

    private String content(BlobKey key) throws IOException {
        try (Blob blob = blobs.open(key).orElseThrow()) {
            return new String(blob.read().readAllBytes());
        }
    }

    private List<String> filesInTheWay() throws IOException {
        try (var files = Files.list(folder.resolve(".unfinished"))) {
            return files.map(Path::toString).toList();
        }
    }

    @Test
    void whatIsPutIsReadAgainWholeAndInParts() throws IOException {
        assertThat(blobs.put(key, bytes("0123456789"))).isEqualTo(10);
        blobs = FolderBlobs.open(folder);
        assertThat(content(key)).isEqualTo("0123456789");
        assertThat(blobs.size(key)).hasValue(10);
        try (Blob blob = blobs.open(key).orElseThrow()) {
            assertThat(blob.size()).isEqualTo(10);
            InputStream one = blob.read(2, 3);
            assertThat(one.read()).isEqualTo('2');
            assertThat(blob.read(8, 2)).hasBinaryContent("89".getBytes());
            assertThat(one)
                    .as("ranges do not disturb each other")
                    .hasBinaryContent("34".getBytes());
            assertThat(blob.read(10, 0)).isEmpty();
            assertThatThrownBy(() -> blob.read(8, 3)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(filesInTheWay()).isEmpty();
    }

    @Test
    void aFileIsReplacedAsAWhole() throws IOException {
        blobs.put(key, bytes("old"));
        try (Blob old = blobs.open(key).orElseThrow()) {
            blobs.put(key, bytes("newer"));
            assertThat(old.read()).hasBinaryContent("old".getBytes());
        }
        assertThat(content(key)).isEqualTo("newer");
    }

    @Test
    void aPutThatFailsLeavesWhatWasThere() throws IOException {
        blobs.put(key, bytes("old"));
        InputStream broken =
                new InputStream() {
                    private int left = 100_000;

                    @Override
                    public int read() throws IOException {
                        if (left == 0) {
                            throw new IOException("the client is gone");
                        }
                        left--;
                        return 'x';
                    }
                };
        assertThatThrownBy(() -> blobs.put(key, broken)).hasMessage("the client is gone");
        assertThat(content(key)).isEqualTo("old");
        assertThat(filesInTheWay()).isEmpty();
    }

    @Test
    void aFileOfThisMachineIsTakenOver() throws IOException {
        Path file = Files.writeString(folder.resolve("rendered.mp4"), "video");
        assertThat(blobs.put(key, file)).isEqualTo(5);
        assertThat(file).doesNotExist();
        assertThat(content(key)).isEqualTo("video");
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
    void anOpenFileIsReadToItsEndThoughItIsDeleted() throws IOException {
        blobs.put(key, bytes("video"));
        try (Blob blob = blobs.open(key).orElseThrow()) {
            blobs.deleteAll(BlobKey.folder(job));
            assertThat(blobs.open(key)).isEmpty();
            assertThat(blob.read()).hasBinaryContent("video".getBytes());
        }
    }

    @Test
    void allFilesOfAJobAreListedAndDeleted() throws IOException {
        BlobKey other = BlobKey.of(JobId.random(), "image");
        BlobKey nested = BlobKey.of(job, "checkpoint/latents.bin");
        for (BlobKey each : List.of(key, nested, other)) {
            blobs.put(each, bytes("x"));
        }
        assertThat(blobs.list(BlobKey.folder(job))).containsExactly(nested, key);
        assertThat(blobs.list("jobs")).hasSize(3);
        blobs.delete(key);
        blobs.delete(key);
        assertThat(blobs.list(BlobKey.folder(job))).containsExactly(nested);
        blobs.deleteAll(BlobKey.folder(job));
        blobs.deleteAll(BlobKey.folder(job));
        assertThat(blobs.list("jobs")).containsExactly(other);
        assertThat(blobs.open(new BlobKey("jobs"))).isEmpty();
        assertThat(blobs.size(new BlobKey("jobs"))).isEmpty();
    }

    @Test
    void whatAProcessLeftThatDiedIsRemovedOnceItIsOld() throws IOException {
        Path old = Files.createFile(folder.resolve(".unfinished/old"));
        Path fresh = Files.createFile(folder.resolve(".unfinished/fresh"));
        Instant days = Instant.now().minus(Duration.ofDays(2));
        Files.setLastModifiedTime(old, FileTime.from(days));
        FolderBlobs.open(folder);
        assertThat(old).doesNotExist();
        assertThat(fresh).exists();
    }

    @Test
    void filesComeWhileTheirFolderGoes() throws Exception {
        var failures = new ConcurrentLinkedQueue<Throwable>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            BlobKey mine = BlobKey.of(job, "file" + i);
            threads.add(Thread.ofVirtual().unstarted(() -> putAndDelete(mine, failures)));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
    }

    private void putAndDelete(BlobKey mine, ConcurrentLinkedQueue<Throwable> failures) {
        for (int i = 0; i < 25; i++) {
            try {
                blobs.put(mine, bytes("x"));
                blobs.deleteAll(BlobKey.folder(job));
            } catch (IOException e) {
                failures.add(e);
            }
        }
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
    }

    @Test
    void aFolderThatCannotBeMadeIsRefused() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> FolderBlobs.open(file.resolve("x")))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("files of jobs cannot be kept there");
    }
}

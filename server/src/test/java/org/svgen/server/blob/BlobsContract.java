package org.svgen.server.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.server.job.JobId;

/** What all forms of {@link Blobs} promise. */
abstract class BlobsContract {
    @TempDir Path folder;

    final JobId job = JobId.random();
    final BlobKey key = BlobKey.of(job, "video.mp4");
    Blobs blobs;

    /** Opens a place; twice gives the same one. */
    abstract Blobs opened();

    /** Puts a file of one byte there by the back door, which is quick. */
    abstract void fill(BlobKey key) throws IOException;

    /** How many files are there that were begun and not finished. */
    abstract int unfinished() throws IOException;

    @BeforeEach
    void open() {
        blobs = opened();
    }

    @AfterEach
    void close() {
        blobs.close();
    }

    static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes());
    }

    /** A file whose bytes tell where they are. */
    static byte[] pattern(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + (i >> 13));
        }
        return bytes;
    }

    static InputStream breaking(int bytes) {
        return new InputStream() {
            private int left = bytes;

            @Override
            public int read() throws IOException {
                if (left == 0) {
                    throw new IOException("the client is gone");
                }
                left--;
                return 'x';
            }
        };
    }

    String content(BlobKey key) throws IOException {
        try (Blob blob = blobs.open(key).orElseThrow()) {
            return new String(blob.read().readAllBytes());
        }
    }

    @Test
    void whatIsPutIsReadAgainWholeAndInParts() throws IOException {
        assertThat(blobs.put(key, bytes("0123456789"))).isEqualTo(10);
        try (Blobs again = opened()) {
            assertThat(again.size(key)).hasValue(10);
        }
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
        assertThat(unfinished()).isZero();
    }

    @Test
    void anEmptyFileIsAFile() throws IOException {
        assertThat(blobs.put(key, bytes(""))).isZero();
        assertThat(blobs.size(key)).hasValue(0);
        assertThat(content(key)).isEmpty();
    }

    @Test
    void aLargeFileIsReadAgainInParts() throws IOException {
        byte[] large = pattern(2 * S3Upload.PART_BYTES + 5);
        assertThat(blobs.put(key, new ByteArrayInputStream(large))).isEqualTo(large.length);
        assertThat(blobs.size(key)).hasValue(large.length);
        try (Blob blob = blobs.open(key).orElseThrow()) {
            int from = S3Upload.PART_BYTES - 3;
            assertThat(blob.read(from, 10))
                    .hasBinaryContent(Arrays.copyOfRange(large, from, from + 10));
            assertThat(blob.read().readAllBytes()).isEqualTo(large);
        }
        assertThat(unfinished()).isZero();
    }

    @Test
    void aFileIsReplacedAsAWhole() throws IOException {
        blobs.put(key, bytes("old"));
        try (Blob old = blobs.open(key).orElseThrow()) {
            InputStream begun = old.read();
            blobs.put(key, bytes("newer"));
            assertThat(begun).hasBinaryContent("old".getBytes());
        }
        assertThat(content(key)).isEqualTo("newer");
    }

    @Test
    void whoReadsWhileOthersReplaceGetsOneOfTheFilesWhole() throws Exception {
        String one = "1".repeat(300_000);
        String two = "2".repeat(200_000);
        blobs.put(key, bytes(one));
        Thread writer =
                Thread.ofVirtual()
                        .start(() -> {
                            for (int i = 0; i < 20; i++) {
                                try {
                                    blobs.put(key, bytes(i % 2 == 0 ? two : one));
                                } catch (IOException e) {
                                    throw new AssertionError(e);
                                }
                            }
                        });
        int whole = 0;
        while (writer.isAlive() || whole == 0) {
            try {
                assertThat(content(key)).isIn(one, two);
                whole++;
            } catch (BlobsAwayException e) {
                assertThat(e).hasMessageEndingWith("was replaced while it was read");
            }
        }
        writer.join();
        assertThat(content(key)).isEqualTo(one);
    }

    @Test
    void aPutThatFailsLeavesWhatWasThere() throws IOException {
        blobs.put(key, bytes("old"));
        for (int length : new int[] {100_000, S3Upload.PART_BYTES + 100_000}) {
            assertThatThrownBy(() -> blobs.put(key, breaking(length)))
                    .hasMessage("the client is gone");
            assertThat(content(key)).isEqualTo("old");
        }
        BlobKey other = BlobKey.of(job, "other");
        assertThatThrownBy(() -> blobs.put(other, breaking(1))).isInstanceOf(IOException.class);
        assertThat(blobs.open(other)).isEmpty();
        assertThat(unfinished()).isZero();
    }

    @Test
    void aFileOfThisMachineIsTakenOver() throws IOException {
        Path file = Files.writeString(folder.resolve("rendered.mp4"), "video");
        assertThat(blobs.put(key, file)).isEqualTo(5);
        assertThat(file).doesNotExist();
        assertThat(content(key)).isEqualTo("video");
    }

    @Test
    void whatHasBegunToBeReadIsReadToItsEndThoughItIsDeleted() throws IOException {
        byte[] video = pattern(3_000_000);
        blobs.put(key, new ByteArrayInputStream(video));
        try (Blob blob = blobs.open(key).orElseThrow();
                InputStream begun = blob.read()) {
            assertThat(begun.readNBytes(10)).isEqualTo(Arrays.copyOf(video, 10));
            blobs.deleteAll(BlobKey.folder(job));
            assertThat(blobs.open(key)).isEmpty();
            assertThat(begun.readAllBytes()).isEqualTo(Arrays.copyOfRange(video, 10, video.length));
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
        blobs.delete(new BlobKey("jobs"));
        assertThat(blobs.list("jobs")).containsExactly(other);
    }

    @Test
    void aFolderEndsWithItsName() throws IOException {
        BlobKey neighbour = new BlobKey("jobs/ab/video.mp4");
        blobs.put(neighbour, bytes("x"));
        blobs.put(new BlobKey("jobs/a/video.mp4"), bytes("x"));
        blobs.deleteAll("jobs/a");
        assertThat(blobs.list("jobs")).containsExactly(neighbour);
    }

    @Test
    void moreFilesAreListedThanAServerTellsAtOnce() throws IOException {
        List<BlobKey> keys =
                IntStream.range(0, 1003)
                        .mapToObj(i -> new BlobKey("jobs/many/%04d".formatted(i)))
                        .toList();
        for (BlobKey each : keys) {
            fill(each);
        }
        assertThat(blobs.list("jobs")).isEqualTo(keys);
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
        for (int i = 0; i < 10; i++) {
            try {
                blobs.put(mine, bytes("x"));
                blobs.deleteAll(BlobKey.folder(job));
            } catch (IOException e) {
                failures.add(e);
            }
        }
    }

    @Test
    void foldersThatLeadElsewhereAreRefused() {
        for (String name : List.of("", "..", "jobs/../x", "/etc", "jobs/")) {
            assertThatThrownBy(() -> blobs.list(name)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> blobs.deleteAll(name))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}

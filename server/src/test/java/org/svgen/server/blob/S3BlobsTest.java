package org.svgen.server.blob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.svgen.tensor.BadInputException;

/** Files in a bucket, with a real server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class S3BlobsTest extends BlobsContract {
    private S3Server server;
    private String place;

    @BeforeAll
    void start() {
        server = new S3Server();
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @Override
    Blobs opened() {
        return BlobPlaces.open(Optional.of(place), folder);
    }

    @Override
    void fill(BlobKey key) {
        server.fill(S3Address.parse(place).object(key.value()));
    }

    @Override
    int unfinished() {
        return server.uploads();
    }

    @BeforeEach
    @Override
    void open() {
        place = server.place();
        super.open();
    }

    @Test
    void whatIsReadAfterAFileWasReplacedOrDeletedIsRefused() throws IOException {
        blobs.put(key, bytes("old"));
        try (Blob old = blobs.open(key).orElseThrow()) {
            blobs.put(key, bytes("newer"));
            assertThatThrownBy(old::read)
                    .isInstanceOf(BlobsAwayException.class)
                    .hasMessageEndingWith("was replaced while it was read");
            blobs.delete(key);
            assertThatThrownBy(old::read).isInstanceOf(NoSuchFileException.class);
        }
    }

    @Test
    void aConnectionThatBreaksIsTakenUpAtTheSameByte() throws IOException {
        byte[] video = pattern(1_000_000);
        blobs.put(key, new ByteArrayInputStream(video));
        try (Blob blob = blobs.open(key).orElseThrow()) {
            server.breakStreams(2);
            assertThat(blob.read(1000, 900_000).readAllBytes())
                    .isEqualTo(Arrays.copyOfRange(video, 1000, 901_000));
        }
    }

    @Test
    void aServerThatIsAwayForAMomentIsWaitedFor() throws Exception {
        server.stop();
        Thread back =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                Thread.sleep(50);
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            }
                            server.start();
                        });
        blobs.put(key, bytes("video"));
        back.join();
        assertThat(content(key)).isEqualTo("video");
    }

    @Test
    void aServerThatStaysAwayIsAnErrorOfOneLine() throws IOException {
        blobs.put(key, bytes("video"));
        server.stop();
        try {
            assertThatThrownBy(() -> blobs.put(key, bytes("newer")))
                    .isInstanceOf(BlobsAwayException.class)
                    .hasMessage(S3Address.parse(place) + ": ConnectException: Connection refused");
        } finally {
            server.start();
        }
        assertThat(content(key)).isEqualTo("video");
    }

    /** Of a large file no more is read ahead than what is sent next. */
    @Test
    void aLargeFileIsNotHeldInMemory() throws IOException {
        long before = server.received();
        byte[] large = new byte[3 * S3Upload.PART_BYTES];
        InputStream source =
                new FilterInputStream(new ByteArrayInputStream(large)) {
                    private long read;

                    @Override
                    public int read(byte[] bytes, int offset, int length) throws IOException {
                        int count = super.read(bytes, offset, length);
                        read += Math.max(0, count);
                        assertThat(read - (server.received() - before))
                                .isLessThanOrEqualTo(S3Upload.PART_BYTES);
                        return count;
                    }
                };
        assertThat(blobs.put(key, source)).isEqualTo(large.length);
    }

    @Test
    void uploadsOfAProcessThatDiedAreRemovedOnceTheyAreOld() throws IOException {
        S3Address address = S3Address.parse(place);
        S3Bucket bucket = new S3Bucket(S3Clients.of(address, Map.of()), address);
        bucket.ask(client ->
                client.createMultipartUpload(
                        create -> create.bucket(S3Server.BUCKET).key(address.object(key.value()))));
        opened().close();
        assertThat(unfinished()).isEqualTo(1);
        server.ageUploads(Duration.ofDays(2));
        opened().close();
        server.ageUploads(Duration.ZERO);
        assertThat(unfinished()).isZero();
        bucket.client().close();
    }

    @Test
    void whatOthersKeepThereIsLeftAlone() throws IOException {
        blobs.put(key, bytes("x"));
        S3Address address = S3Address.parse(place);
        server.fill(address.object("jobs/.hidden"));
        server.fill(address.object("jobs/a file"));
        assertThat(blobs.list("jobs")).containsExactly(key);
        try (Blobs neighbour = BlobPlaces.open(Optional.of(place.replace("?", "0?")), folder)) {
            assertThat(neighbour.list("jobs")).isEmpty();
        }
    }

    @Test
    void nobodyCanTellHowMuchRoomThereIs() throws IOException {
        assertThat(blobs.free()).isEmpty();
        assertThat(blobs.folder()).isEmpty();
    }

    @Test
    void aBucketThatIsNotThereIsRefused() {
        assertThatThrownBy(() -> open(server.place("no-such-bucket/x")))
                .isInstanceOf(BadInputException.class)
                .hasMessageMatching(
                        "s3://no-such-bucket/x: files of jobs cannot be kept there: expected a bucket"
                                + " no-such-bucket at http://127.0.0.1:\\d+, found none; make it first");
    }

    @Test
    void keysThatMayNotAreRefused() {
        String secret = System.setProperty("aws.secretAccessKey", "another");
        try {
            assertThatThrownBy(() -> open(place))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageContaining(
                            "files of jobs cannot be kept there: expected keys that may list in the"
                                    + " bucket videos at http://127.0.0.1:")
                    .hasMessageEndingWith("found 403 SignatureDoesNotMatch");
        } finally {
            System.setProperty("aws.secretAccessKey", secret);
        }
    }

    @Test
    void aServerThatDoesNotAnswerIsRefused() {
        assertThatThrownBy(() -> open("s3://videos?endpoint=http://127.0.0.1:1"))
                .isInstanceOf(BadInputException.class)
                .hasMessage(
                        "s3://videos: files of jobs cannot be kept there: expected"
                                + " http://127.0.0.1:1 to answer, found ConnectException: Connection"
                                + " refused");
    }

    @Test
    void aServerThatIsNoneOfS3IsRefused() throws IOException {
        HttpServer web = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        web.createContext(
                "/",
                exchange -> {
                    exchange.sendResponseHeaders(404, -1);
                    exchange.close();
                });
        web.start();
        try {
            int port = web.getAddress().getPort();
            assertThatThrownBy(() -> open("s3://videos?endpoint=http://127.0.0.1:" + port))
                    .isInstanceOf(BadInputException.class)
                    .hasMessageEndingWith(":%d to list as S3 does, found 404".formatted(port));
        } finally {
            web.stop(0);
        }
    }

    private void open(String place) {
        BlobPlaces.open(Optional.of(place), folder).close();
    }
}

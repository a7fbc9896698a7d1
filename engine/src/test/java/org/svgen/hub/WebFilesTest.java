package org.svgen.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.svgen.tensor.BadInputException;
import org.svgen.testkit.HubFault;
import org.svgen.testkit.HubServer;

class WebFilesTest {
    private static final byte[] CONTENT = content();

    @TempDir Path folder;

    private final HubServer server = HubServer.of("org/files").put("a.bin", CONTENT);

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void comeWholeAndOnce() throws Exception {
        WebFiles files = files(false, file("a.bin", CONTENT));
        assertThat(files.toDownload()).isEqualTo(CONTENT.length);
        files.fetch(new PullListener() {});
        assertThat(folder.resolve("a.bin")).hasBinaryContent(CONTENT);
        assertThat(files.toDownload()).isZero();
        int asked = server.requests().size();
        assertThat(server.requests())
                .as("the token is the hub's alone")
                .noneMatch(request -> request.contains("secret"));
        files.fetch(new PullListener() {});
        assertThat(server.requests()).hasSize(asked);
    }

    @Test
    void goOnWhereTheConnectionBroke() throws Exception {
        server.fail("a.bin", new HubFault.Cut(5000), new HubFault.Cut(3000));
        files(false, file("a.bin", CONTENT)).fetch(new PullListener() {});
        assertThat(folder.resolve("a.bin")).hasBinaryContent(CONTENT);
        assertThat(server.requests()).anyMatch(request -> request.contains("bytes=5000-"));
    }

    @Test
    void whatAnEarlierCommandLeftIsKept() throws Exception {
        Files.write(folder.resolve("a.bin.svgen.incomplete"), Arrays.copyOf(CONTENT, 7000));
        WebFiles files = files(false, file("a.bin", CONTENT));
        assertThat(files.toDownload()).isEqualTo(CONTENT.length - 7000);
        files.fetch(new PullListener() {});
        assertThat(folder.resolve("a.bin")).hasBinaryContent(CONTENT);
        assertThat(server.requests()).anyMatch(request -> request.contains("bytes=7000-"));
    }

    @Test
    void whatHasAnotherHashIsDeletedAndTold() throws Exception {
        byte[] other = CONTENT.clone();
        other[0]++;
        assertThatThrownBy(() -> files(false, file("a.bin", other)).fetch(new PullListener() {}))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(
                        "a.bin of localhost: wrong content: expected hash " + hash(other));
        try (var left = Files.list(folder)) {
            assertThat(left.map(path -> path.getFileName().toString()))
                    .containsExactly("a.bin.lock");
        }
    }

    @Test
    void whatIsNotThereIsBadInput() throws Exception {
        assertThatThrownBy(() -> files(false, file("b.bin", CONTENT)).fetch(new PullListener() {}))
                .isInstanceOf(BadInputException.class)
                .hasMessageMatching(
                        "b.bin of localhost: expected a file at http.*/b.bin, found HTTP 404");
    }

    @Test
    void aHostThatIsNotThereIsNotWaitedForLong() throws Exception {
        List<String> notes = new CopyOnWriteArrayList<>();
        WebFile nowhere =
                new WebFile("a.bin", URI.create("http://localhost:1/a.bin"), 5, hash(CONTENT));
        assertThatThrownBy(() ->
                        files(false, nowhere)
                                .fetch(
                                        new PullListener() {
                                            @Override
                                            public void note(String line) {
                                                notes.add(line);
                                            }
                                        }))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("a.bin of localhost: cannot connect, 2 times in a row");
        assertThat(notes).hasSize(1);
    }

    @Test
    void offlineNobodyIsAsked() throws Exception {
        assertThatThrownBy(() -> files(true, file("a.bin", CONTENT)).fetch(new PullListener() {}))
                .isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("HF_HUB_OFFLINE is set");
        assertThat(server.requests()).isEmpty();
    }

    private WebFiles files(boolean offline, WebFile... files) {
        HubSettings settings =
                new HubSettings(
                        folder,
                        URI.create("http://localhost:1"),
                        "secret",
                        offline,
                        true,
                        Fixture.PATIENCE,
                        HttpClient.Builder.NO_PROXY);
        return new WebFiles(settings, folder, List.of(files));
    }

    private WebFile file(String name, byte[] content) throws Exception {
        URI address =
                URI.create(
                        "%s/org/files/resolve/%s/%s"
                                .formatted(server.address(), HubServer.COMMIT, name));
        return new WebFile(name, address, content.length, hash(content));
    }

    private static String hash(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    private static byte[] content() {
        byte[] bytes = new byte[20_000];
        new Random(1).nextBytes(bytes);
        return bytes;
    }
}

package org.svgen.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.svgen.hub.RawHub.send;
import static org.svgen.hub.RawHub.write;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.BadInputException;

/**
 * However slowly or often a hub, a mirror or somebody between sends: every pull ends, and says why.
 */
@Timeout(30)
class HubAttackTest extends AttackedHub {
    private static void drip(OutputStream out, String text, long millis)
            throws IOException, InterruptedException {
        for (char c : text.toCharArray()) {
            write(out, String.valueOf(c));
            Thread.sleep(millis);
        }
    }

    @Test
    void aListingThatStopsIsGivenUp() {
        RawHub hub =
                listed((request, out) -> {
                    write(out, "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{");
                    Thread.sleep(60_000);
                    return true;
                });
        assertThat(refused(hub, "no data for")).isInstanceOf(BadInputException.class);
        assertThat(hub.requests).hasSize(2);
    }

    @Test
    void aListingThatDripsIsGivenUp() {
        RawHub hub =
                listed((request, out) -> {
                    write(out, "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n");
                    drip(out, "{".repeat(5000), 20);
                    return true;
                });
        assertThat(refused(hub)).hasMessageMatching(".*only \\d+ bytes in .*");
    }

    @Test
    void aListingThatTakesTooLongAsAWholeIsGivenUp() {
        RawHub hub =
                listed((request, out) -> {
                    write(out, "HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n");
                    for (int i = 0; i < 5000; i++) {
                        out.write(new byte[1000]);
                        Thread.sleep(20);
                    }
                    return true;
                });
        refused(hub, "did not end within 1 s");
        assertThat(hub.requests).hasSize(1);
    }

    @Test
    void headersThatDripAreGivenUp() {
        RawHub hub =
                listed((request, out) -> {
                    drip(out, "HTTP/1.1 200 OK\r\nX: " + "x".repeat(5000), 20);
                    return true;
                });
        refused(hub, "no answer for");
    }

    @Test
    void aFileThatDripsIsGivenUpHoweverOften() {
        RawHub hub =
                vae((request, out) -> {
                    write(out, "HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n");
                    drip(out, "x".repeat(5000), 20);
                    return true;
                });
        refused(hub, "bytes in");
        assertThat(hub.downloads(Fixture.VAE)).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"1, true", "-1, true", "1, false", "-1, false", "-9000, false", "3000, true"})
    void aSizeThatIsListedWronglyIsSaidAndDoesNotDownloadForEver(int by, boolean length) {
        RawHub hub =
                new RawHub((request, out) -> {
                    if (length || !request.of(Fixture.VAE)) {
                        return false;
                    }
                    chunked(out, request, Fixture.files().get(Fixture.VAE));
                    return true;
                });
        hub.wrongBy.put(Fixture.VAE, by);
        assertThat(refused(hub))
                .hasMessageMatching(
                        ".*" + Fixture.VAE + ": (expected|wrong content|the hub cannot go).*");
        assertThat(hub.downloads(Fixture.VAE)).isLessThanOrEqualTo(3);
    }

    private static void chunked(OutputStream out, RawHub.Request request, byte[] bytes)
            throws IOException {
        int from =
                request.range().isEmpty()
                        ? 0
                        : Integer.parseInt(request.range().replaceAll("\\D", ""));
        if (from >= bytes.length) {
            send(out, "416 Range", "Content-Range: bytes */9000\r\n", new byte[0]);
            return;
        }
        String range = from == 0 ? "" : "Content-Range: bytes %d-8999/*\r\n".formatted(from);
        write(
                out,
                "HTTP/1.1 %s\r\n%sTransfer-Encoding: chunked\r\n\r\n"
                        .formatted(from == 0 ? "200 OK" : "206 Part", range));
        write(out, Integer.toHexString(bytes.length - from) + "\r\n");
        out.write(bytes, from, bytes.length - from);
        write(out, "\r\n0\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, -1})
    void aSmallFilesWrongSizeIsSaidToo(int by) {
        for (String name : new String[] {"model_index.json", "vae/config.json"}) {
            RawHub hub = new RawHub(RawHub.USUAL);
            hub.wrongBy.put(name, by);
            assertThat(refused(hub).getMessage()).containsAnyOf("the hub", "longer than");
        }
    }

    @Test
    void aMirrorWithoutRangesDoesNotDownloadForEver() {
        RawHub hub =
                vae((request, out) -> {
                    if (request.range().isEmpty()) {
                        cut(out, 9000, 5000);
                    } else {
                        send(out, "416 Range", "", new byte[0]);
                    }
                    return true;
                });
        assertThat(refused(hub))
                .hasMessageMatching(".*(the hub cannot go on where we stopped|broke).*");
        assertThat(hub.downloads(Fixture.VAE)).isLessThanOrEqualTo(4);
    }

    /** Each time a little more, so that there is always progress, until all is sent again. */
    @Test
    void progressDoesNotMakeAttemptsEndless() {
        AtomicInteger sent = new AtomicInteger(1000);
        RawHub hub =
                vae((request, out) -> {
                    cut(out, 9000, sent.addAndGet(100));
                    return true;
                });
        refused(hub, "3 times in a row");
        assertThat(hub.downloads(Fixture.VAE)).isEqualTo(3);
    }

    @Test
    void aLargeFileIsNotBegunAnewForEver() {
        AtomicInteger sent = new AtomicInteger();
        RawHub hub =
                new RawHub((request, out) -> {
                    if (!request.of(Fixture.WEIGHTS)) {
                        return false;
                    }
                    cut(out, 4_000_000, sent.addAndGet(100_000));
                    return true;
                });
        hub.files.put(Fixture.WEIGHTS, new byte[4_000_000]);
        refused(hub, "sends only the whole file");
        assertThat(hub.downloads(Fixture.WEIGHTS)).isEqualTo(5);
    }
}

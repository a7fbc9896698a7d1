package org.svgen.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.svgen.hub.RawHub.send;
import static org.svgen.hub.RawHub.write;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.BadInputException;

/** Answers that do not fit what was asked for, or make no sense. */
@Timeout(30)
class HubAnswerTest extends AttackedHub {

    @Test
    void anotherPartThanAskedForIsRefused() {
        RawHub hub =
                vae((request, out) -> {
                    if (request.range().isEmpty()) {
                        cut(out, 9000, 4000);
                    } else {
                        send(
                                out,
                                "206 Part",
                                "Content-Range: bytes 17-8999/9000\r\n",
                                new byte[8983]);
                    }
                    return true;
                });
        refused(hub, "expected the part from byte 4000, found that from byte 17");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "206 Part|Content-Range: bytes x-y/z",
                "206 Part|Content-Range: bytes 0-8999/99999999999999999999",
                "206 Part|X: y",
                "203 Other|X: y",
                "200 OK|Content-Encoding: gzip",
                "200 OK|Content-Range: bytes 5-9/10\r\nContent-Encoding: br"
            })
    void anAnswerThatDoesNotFitIsSaid(String answer) {
        String[] parts = answer.split("\\|");
        RawHub hub =
                vae((request, out) -> {
                    write(out, "HTTP/1.1 %s\r\n%s\r\n".formatted(parts[0], parts[1]));
                    write(out, "Content-Length: 9000\r\n\r\n");
                    out.write(new byte[9000]);
                    return true;
                });
        refused(hub, Fixture.VAE + ": expected ");
        // Twice; a connection that ends before its answer is looked at is one more attempt.
        assertThat(hub.downloads(Fixture.VAE)).isBetween(2L, 4L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 abc X\r\n\r\n",
                "HTTP/1.1 99999999999 X\r\n\r\n",
                "HTTP/1.1 -1 X\r\n\r\n",
                "ICY 200 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n{}",
                "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}",
                "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n{}",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
                "HTTP/1.1 200 OK\r\n: x\r\n\r\n",
                "\u0000\u0001\u0002",
                "",
                "HTTP/1.1 302 X\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 302 X\r\nLocation:  \r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 302 X\r\nLocation: http://127.0.0.1:99999/\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 302 X\r\nLocation: http://\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 302 X\r\nLocation: ftp://127.0.0.1/\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 302 X\r\nLocation: mailto:x\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 302 X\r\nLocation: http://a b^c/%zz\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 302 X\r\nLocation: /api/loop\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"
            })
    void whatIsNoAnswerIsOneLine(String text) {
        assertThat(refused(raw(text)).getMessage()).doesNotContain("null", "Exception");
    }

    @Test
    void anAnswerThatIsTooLongIsNotRead() {
        AtomicLong sent = new AtomicLong();
        RawHub hub =
                listed((request, out) -> {
                    write(out, "HTTP/1.1 200 OK\r\n\r\n{\"siblings\":[");
                    byte[] piece = "{},".repeat(20_000).getBytes(StandardCharsets.UTF_8);
                    for (int i = 0; i < 2000; i++) {
                        out.write(piece);
                        sent.addAndGet(piece.length);
                    }
                    return true;
                });
        refused(hub, "longer than 16777216 bytes");
        assertThat(sent.get()).isLessThan(2 * 30_000_000);
    }

    @Test
    void theContentOfARefusalIsNotRead() {
        AtomicLong sent = new AtomicLong();
        RawHub hub =
                listed((request, out) -> {
                    write(out, "HTTP/1.1 503 X\r\nContent-Length: 1000000000\r\n\r\n");
                    for (int i = 0; i < 1000; i++) {
                        out.write(new byte[1_000_000]);
                        sent.addAndGet(1_000_000);
                    }
                    return true;
                });
        refused(hub, "HTTP 503");
        assertThat(sent.get()).isLessThan(60_000_000);
    }

    @Test
    void moreFilesThanAModelHasAreRefused() {
        StringBuilder siblings = new StringBuilder();
        for (int i = 0; i < 50_001; i++) {
            siblings.append(i == 0 ? "" : ",").append("{\"rfilename\":\"").append(i).append("\"}");
        }
        String json = "{\"sha\":\"%s\",\"siblings\":[%s]}".formatted("a".repeat(40), siblings);
        RawHub hub =
                listed((request, out) -> {
                    send(out, "200 OK", "", json.getBytes(StandardCharsets.UTF_8));
                    return true;
                });
        refused(hub, "lists more than 50000 files");
    }

    @Test
    void aLoginPageInPlaceOfTheListingIsNamed() {
        assertThat(
                        refused(
                                raw(
                                        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
                                                + "<!DOCTYPE html><html>Please log in")))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("does the network ask for a login");
    }

    @Test
    void aProxyThatWantsAPasswordIsSaid() {
        RawHub hub =
                raw(
                        "HTTP/1.1 407 X\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"
                                + "Content-Length: 0\r\n\r\n");
        refused(hub, "the proxy wants a name and a password");
    }

    @Test
    void cookiesAreNotKept() {
        try (RawHub hub =
                listed((request, out) -> {
                    if (request.path().endsWith("/moved")) {
                        return false;
                    }
                    write(
                            out,
                            "HTTP/1.1 302 X\r\nSet-Cookie: a=b; Path=/\r\nLocation: /api/moved\r\n"
                                    + "Content-Length: 0\r\n\r\n");
                    return true;
                })) {
            pull(hub);
            assertThat(hub.requests).hasSizeGreaterThan(1).allMatch(r -> r.cookie().isEmpty());
        }
    }

    @Test
    void relativeAddressesAreFollowed() {
        try (RawHub hub =
                listed((request, out) -> {
                    if (request.path().endsWith("/moved")) {
                        return false;
                    }
                    write(out, "HTTP/1.1 307 X\r\nLocation: ../moved\r\nContent-Length: 0\r\n\r\n");
                    return true;
                })) {
            assertThat(pull(hub)).isDirectory();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-5", "1.5", "1e3", "99999999999999999", "\"many\"", "true"})
    void aSizeThatIsNoneIsSaid(String size) {
        RawHub hub =
                listed((request, out) -> {
                    send(
                            out,
                            "200 OK",
                            "",
                            "{\"sha\":\"%s\",\"siblings\":[{\"rfilename\":\"model_index.json\",\"size\":%s}]}"
                                    .formatted("a".repeat(40), size)
                                    .getBytes(StandardCharsets.UTF_8));
                    return true;
                });
        assertThat(refused(hub)).hasMessageContaining("model_index.json");
    }

    @Test
    void oneNameWithTwoContentsIsRefused() {
        String file = "{\"rfilename\":\"a\",\"size\":1,\"blobId\":\"%s\"}";
        String json =
                "{\"sha\":\"%s\",\"siblings\":[%s,%s]}"
                        .formatted(
                                "a".repeat(40),
                                file.formatted("b".repeat(40)),
                                file.formatted("c".repeat(40)));
        RawHub hub =
                listed((request, out) -> {
                    send(out, "200 OK", "", json.getBytes(StandardCharsets.UTF_8));
                    return true;
                });
        refused(hub, "lists \"a\" twice");
    }

    @Test
    void namesThatDifferInCaseAloneAreRefusedWhereBothAreNeeded() {
        RawHub hub = new RawHub(RawHub.USUAL);
        hub.files.putAll(Map.of("vae/Config.json", new byte[3], "README.MD", new byte[3]));
        hub.files.put("readme.md", new byte[4]);
        refused(hub, "\"vae/Config.json\" and \"vae/config.json\" differ in case alone");
    }
}

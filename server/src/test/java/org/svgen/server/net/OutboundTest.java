package org.svgen.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.svgen.tensor.BadInputException;

class OutboundTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final AddressRules PUBLIC = AddressRules.of(false);
    private static final AddressRules ALL = AddressRules.of(true);

    private final AtomicInteger calls = new AtomicInteger();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private URI at(String path) {
        return URI.create("http://localhost:%d%s".formatted(server.getAddress().getPort(), path));
    }

    private void answer(String path, int status, String location, byte[] body) {
        server.createContext(
                path,
                exchange -> {
                    calls.incrementAndGet();
                    if (!location.isEmpty()) {
                        exchange.getResponseHeaders().set("Location", location);
                    }
                    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
                    try (OutputStream out = exchange.getResponseBody()) {
                        out.write(body);
                    }
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://example.com/",
                "ftp://example.com/",
                "file:///etc/passwd",
                "https:///path",
                "https://user:pass@example.com/",
                "https://example.com:99999/",
                "https://localhost/",
                "https://LOCALHOST./",
                "https://a.localhost/",
                "https://127.0.0.1/",
                "https://127.1/",
                "https://2130706433/",
                "https://0x7f000001/",
                "https://0.0.0.0/",
                "https://10.1.2.3/",
                "https://172.31.0.1/",
                "https://192.168.1.1/",
                "https://100.64.0.1/",
                "https://169.254.169.254/latest/meta-data/",
                "https://224.0.0.1/",
                "https://255.255.255.255/",
                "https://[::1]/",
                "https://[::]/",
                "https://[::ffff:127.0.0.1]/",
                "https://[::ffff:7f00:1]/",
                "https://[::127.0.0.1]/",
                "https://[fe80::1]/",
                "https://[fd00::1]/",
                "https://[64:ff9b::7f00:1]/",
                "https://[2002:7f00:1::]/",
                "https://[2001:db8::1]/",
                "no address",
                "https://exa mple.com/"
            })
    void addressesThatMustNotBeCalledAreRefused(String text) {
        assertThatThrownBy(() -> PUBLIC.require(text))
                .isInstanceOf(BadInputException.class)
                .hasMessageMatching("expected .*, found .*");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.com",
                "https://example.com:8443/a?b=c",
                "https://8.8.8.8/",
                "https://172.32.0.1/",
                "https://[2606:4700::1111]/",
                "https://[64:ff9b::808:808]/"
            })
    void publicOnesAreNot(String text) {
        assertThatCode(() -> PUBLIC.require(text)).doesNotThrowAnyException();
    }

    @Test
    void aNameThatLeadsToAPrivateAddressIsRefusedWhenItIsCalled() throws Exception {
        String host = InetAddress.getLocalHost().getHostName();
        assertThatThrownBy(() -> PUBLIC.resolve("localhost"))
                .isInstanceOf(BadInputException.class)
                .hasMessageNotContaining("127.");
        assertThat(ALL.resolve("localhost").isLoopbackAddress()).isTrue();
        assertThat(host).isNotEmpty();
        assertThatThrownBy(() -> PUBLIC.resolve("nonesuch.invalid"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void somethingIsSentWithItsHeadersAndRedirectsAreNotFollowed() throws Exception {
        AtomicReference<String> got = new AtomicReference<>("");
        server.createContext(
                "/hook",
                exchange -> {
                    got.set(
                            "%s %s %s %s"
                                    .formatted(
                                            exchange.getRequestMethod(),
                                            exchange.getRequestHeaders().getFirst("Webhook-Id"),
                                            exchange.getRequestHeaders().getFirst("Host"),
                                            new String(
                                                    exchange.getRequestBody().readAllBytes(),
                                                    StandardCharsets.UTF_8)));
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                });
        answer("/moved", 302, at("/hook").toString(), new byte[0]);
        Outbound outbound = new Outbound(ALL);
        byte[] body = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);
        assertThat(outbound.post(at("/hook"), Map.of("webhook-id", "msg_1"), body, SOON))
                .isEqualTo(204);
        assertThat(got.get())
                .isEqualTo(
                        "POST msg_1 localhost:%d {\"a\":1}"
                                .formatted(server.getAddress().getPort()));
        got.set("");
        assertThat(outbound.post(at("/moved"), Map.of(), body, SOON)).isEqualTo(302);
        assertThat(got.get()).isEmpty();
    }

    @Test
    void redirectsOfAFetchAreFollowedWithinTheRules() throws Exception {
        byte[] picture = {1, 2, 3};
        answer("/picture", 200, "", picture);
        answer("/near", 302, "/picture", new byte[0]);
        answer("/loop", 302, "/loop", new byte[0]);
        answer("/file", 302, "file:///etc/passwd", new byte[0]);
        answer("/gone", 404, "", new byte[0]);
        Outbound outbound = new Outbound(ALL);
        assertThat(outbound.get(at("/near"), 3, SOON)).isEqualTo(picture);
        assertThatThrownBy(() -> outbound.get(at("/near"), 2, SOON))
                .hasMessage("expected at most 2 bytes, found more");
        assertThatThrownBy(() -> outbound.get(at("/loop"), 3, SOON))
                .hasMessage("more than 3 redirects");
        assertThatThrownBy(() -> outbound.get(at("/file"), 3, SOON))
                .isInstanceOf(BadInputException.class);
        assertThatThrownBy(() -> outbound.get(at("/gone"), 3, SOON)).hasMessage("HTTP status 404");
    }

    @Test
    void aPublicCallerDoesNotEvenConnectToThisMachine() {
        answer("/", 200, "", new byte[] {1});
        URI named = URI.create(at("/").toString().replace("http:", "https:"));
        Outbound outbound = new Outbound(PUBLIC);
        assertThatThrownBy(() -> outbound.get(named, 9, SOON))
                .isInstanceOf(BadInputException.class);
        assertThat(calls).hasValue(0);
    }

    @Test
    void anAnswerThatTricklesEndsInTime() throws Exception {
        try (ServerSocket slow = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread trickle =
                    Thread.startVirtualThread(() -> {
                        try (Socket socket = slow.accept()) {
                            OutputStream out = socket.getOutputStream();
                            while (true) {
                                out.write('H');
                                out.flush();
                                Thread.sleep(50);
                            }
                        } catch (IOException | InterruptedException e) {
                            // The caller has gone.
                        }
                    });
            URI uri = URI.create("http://127.0.0.1:%d/".formatted(slow.getLocalPort()));
            long begin = System.nanoTime();
            assertThatThrownBy(() ->
                            new Outbound(ALL)
                                    .post(uri, Map.of(), new byte[0], Duration.ofMillis(300)))
                    .isInstanceOf(IOException.class);
            assertThat((System.nanoTime() - begin) / 1e9).isLessThan(5);
            assertThat(trickle.join(Duration.ofSeconds(10))).as("the connection ends").isTrue();
        }
    }
}

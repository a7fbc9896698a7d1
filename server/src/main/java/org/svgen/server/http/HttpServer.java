package org.svgen.server.http;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.svgen.files.Reasons;
import org.svgen.tensor.BadInputException;

/** The server of HTTP/1.1, and what it refuses before a handler sees it. */
final class HttpServer implements AutoCloseable {
    /** Of the time that a connection may be silent, how often it is looked at. */
    private static final int LOOKS = 6;

    /** How long answers under way have when the server stops. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private static final int MOST_HEAD_BYTES = 16 << 10;
    private static final int MOST_LINE_BYTES = 8 << 10;

    /** What the library says of itself is of no use to who runs the service. */
    private static final Logger LIBRARY = Logger.getLogger("io.helidon");

    private final WebServer server;

    private HttpServer(WebServer server) {
        this.server = server;
    }

    /**
     * Starts it.
     *
     * @param limits of connections
     * @throws BadInputException if the port is taken
     */
    static HttpServer start(
            InetAddress address, int port, HttpSettings.Limits limits, Handler handler) {
        LIBRARY.setLevel(Level.OFF);
        Http1Config http =
                Http1Config.builder()
                        .maxHeadersSize(MOST_HEAD_BYTES)
                        .maxPrologueLength(MOST_LINE_BYTES)
                        .build();
        WebServer server =
                WebServer.builder()
                        .bindAddress(new InetSocketAddress(address, port))
                        // Without others, for which it would wait for a first byte for ever.
                        .protocolsDiscoverServices(false)
                        .addConnectionSelector(
                                new WatchedSelector(
                                        Http1ConnectionSelector.builder().config(http).build(),
                                        limits.idle()))
                        .directHandlers(TransportErrors.handlers())
                        .maxTcpConnections(limits.connections())
                        .idleConnectionTimeout(limits.idle())
                        .idleConnectionPeriod(limits.idle().dividedBy(LOOKS))
                        .shutdownGracePeriod(GRACE)
                        .shutdownHook(false)
                        .featuresDiscoverServices(false)
                        .routing(HttpRouting.builder().any(handler))
                        .build();
        server.start();
        // The library logs that it could not, and goes on without a port.
        if (!server.isRunning() || server.port() < 1) {
            throw new BadInputException(
                    "cannot listen on %s port %d: %s"
                            .formatted(address.getHostAddress(), port, reason(address, port)));
        }
        return new HttpServer(server);
    }

    /** Tries it once more, to be told why not. */
    private static String reason(InetAddress address, int port) {
        try (ServerSocketChannel socket = ServerSocketChannel.open()) {
            socket.bind(new InetSocketAddress(address, port));
            return "it did not work, and may if you try again";
        } catch (IOException e) {
            return Reasons.of(e);
        }
    }

    int port() {
        return server.port();
    }

    /** No new connections; answers under way have a moment to end. */
    @Override
    public void close() {
        server.stop();
    }
}

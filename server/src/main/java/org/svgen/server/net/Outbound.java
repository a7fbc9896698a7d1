package org.svgen.server.net;

import io.helidon.http.HeaderNames;
import io.helidon.webclient.api.HttpClientRequest;
import io.helidon.webclient.api.HttpClientResponse;
import io.helidon.webclient.api.Proxy;
import io.helidon.webclient.api.WebClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.BadInputException;

/**
 * Calls hosts that clients named, within {@link AddressRules}. A host is looked up once a call, and
 * the call goes to the address that was judged, so that a name which leads elsewhere the next
 * moment gains nothing. No proxy is used, no cookie kept, no answer unpacked.
 */
public final class Outbound {
    private static final int MOST_REDIRECTS = 3;
    private static final int OK = 200;
    private static final int REDIRECTS = 300;
    private static final int ERRORS = 400;

    private final AddressRules rules;
    private @Nullable WebClient client;

    /**
     * A caller.
     *
     * @param rules which hosts may be called
     */
    public Outbound(AddressRules rules) {
        this.rules = Objects.requireNonNull(rules, "rules");
    }

    /**
     * Made for the first call, since TLS takes a while to set up, and many services call nobody.
     */
    private synchronized WebClient client() {
        if (client == null) {
            client =
                    WebClient.builder()
                            .followRedirects(false)
                            .proxy(Proxy.noProxy())
                            .keepAlive(false)
                            .shareConnectionCache(false)
                            .build();
        }
        return client;
    }

    /** {@return which hosts it calls} */
    public AddressRules rules() {
        return rules;
    }

    /**
     * Sends something; redirects are not followed.
     *
     * @param uri where to
     * @param headers by their names
     * @param body of the request
     * @param whole how long it may take, the answer's head included
     * @return the status of the answer
     * @throws BadInputException if the host must not be called
     * @throws IOException if no answer came in time
     */
    public int post(URI uri, Map<String, String> headers, byte[] body, Duration whole)
            throws IOException {
        URI to = rules.require(uri);
        return within(
                whole,
                () -> {
                    HttpClientRequest request = to(client().post(), to, whole);
                    headers.forEach(
                            (name, value) -> request.header(HeaderNames.create(name), value));
                    try (HttpClientResponse response = request.submit(body)) {
                        return response.status().code();
                    }
                });
    }

    /**
     * Fetches something; a few redirects are followed, each within the rules.
     *
     * @param uri where it is
     * @param mostBytes of it
     * @param whole how long it may take to its last byte
     * @return its bytes
     * @throws BadInputException if a host must not be called, or it is larger
     * @throws IOException if it could not be fetched in time
     */
    public byte[] get(URI uri, long mostBytes, Duration whole) throws IOException {
        URI first = rules.require(uri);
        return within(
                whole,
                () -> {
                    URI next = first;
                    for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
                        try (HttpClientResponse response =
                                to(client().get(), next, whole).request()) {
                            int status = response.status().code();
                            if (status == OK) {
                                return bytes(response, mostBytes);
                            }
                            if (status < REDIRECTS || status >= ERRORS) {
                                throw new IOException("HTTP status " + status);
                            }
                            next = rules.require(next.resolve(location(response)));
                        }
                    }
                    throw new IOException("more than %d redirects".formatted(MOST_REDIRECTS));
                });
    }

    private HttpClientRequest to(HttpClientRequest request, URI uri, Duration whole)
            throws IOException {
        int port = uri.getPort() > 0 ? uri.getPort() : uri.getScheme().equals("http") ? 80 : 443;
        return request.uri(uri)
                .skipUriEncoding(true)
                .address(new InetSocketAddress(rules.resolve(uri.getHost()), port))
                .readTimeout(whole);
    }

    private static URI location(HttpClientResponse response) throws IOException {
        Optional<String> location = response.headers().first(HeaderNames.LOCATION);
        try {
            return URI.create(location.orElseThrow(() -> new IOException("a redirect to nowhere")));
        } catch (IllegalArgumentException e) {
            throw new IOException("a redirect to nowhere", e);
        }
    }

    private static byte[] bytes(HttpClientResponse response, long most) throws IOException {
        long announced = response.headers().contentLength().orElse(0);
        if (announced <= most) {
            try (InputStream in = response.inputStream()) {
                byte[] bytes = in.readNBytes((int) Math.min(most + 1, Integer.MAX_VALUE - 8));
                if (bytes.length <= most) {
                    return bytes;
                }
            }
        }
        throw new BadInputException("expected at most %d bytes, found more".formatted(most));
    }

    /** A thread of its own, since an interrupt is what ends a call that trickles on. */
    private static <T> T within(Duration whole, Callable<T> call) throws IOException {
        FutureTask<T> task = new FutureTask<>(call);
        Thread thread = Thread.ofVirtual().name("outbound").start(task);
        try {
            return task.get(whole.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IOException("no answer within %d ms".formatted(whole.toMillis()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("stopped", e);
        } catch (ExecutionException e) {
            throw thrown(Objects.requireNonNullElse(e.getCause(), e));
        } finally {
            thread.interrupt();
        }
    }

    private static IOException thrown(Throwable cause) {
        return switch (cause) {
            case BadInputException bad -> throw bad;
            case IOException io -> io;
            case UncheckedIOException unchecked ->
                    new IOException(unchecked.getMessage(), unchecked);
            case Error error -> throw error;
            default -> new IOException("no answer that can be read", cause);
        };
    }
}

package org.svgen.hub;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Untrusted;
import org.svgen.tensor.SvgenException;

/**
 * Requests to the hub. Follows redirects by itself, because the token may not go everywhere. Every
 * wait ends soon after somebody wants to stop.
 */
final class Http implements AutoCloseable {
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final int MAX_REDIRECTS = 8;
    private static final int MAX_PORT = 0xFFFF;

    private final HubSettings settings;
    private final BooleanSupplier cancelled;
    private final HttpClient client;

    /**
     * @param cancelled true once somebody wants to stop
     */
    Http(HubSettings settings, BooleanSupplier cancelled) {
        this.settings = settings;
        this.cancelled = cancelled;
        // HTTP/2 would send all files through one connection, which is slower than several.
        this.client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(settings.patience().silence())
                        .proxy(settings.proxies())
                        .build();
    }

    /** An answer whose body is still to be read; the reader closes it. */
    record Answer(URI from, int status, HttpHeaders headers, Body body) implements AutoCloseable {
        String header(String name) {
            return headers.firstValue(name).orElse("");
        }

        /**
         * @throws WrongAnswerException if the content is packed, which nobody asked for
         */
        void requirePlain() throws WrongAnswerException {
            String coding = header("Content-Encoding");
            if (!coding.isEmpty() && !coding.equalsIgnoreCase("identity")) {
                throw new WrongAnswerException(
                        "expected the content as it is, found it packed: "
                                + Untrusted.oneLine(coding));
            }
        }

        @Override
        public void close() {
            body.close();
        }
    }

    /**
     * Asks for {@code uri} and goes wherever the answer is.
     *
     * @param whole the time for all of the answer; null for a large file
     */
    Answer get(URI uri, Map<String, String> headers, @Nullable Duration whole)
            throws IOException, InterruptedException {
        return follow("GET", uri, headers, true, waiting(whole));
    }

    /**
     * Asks about {@code uri}. A redirect to another host is the answer: what the hub says of a file
     * stands in it.
     */
    Answer head(URI uri) throws IOException, InterruptedException {
        return follow("HEAD", uri, Map.of(), false, waiting(settings.patience().answer()));
    }

    private Waiting waiting(@Nullable Duration whole) {
        return new Waiting(cancelled, settings.patience(), whole);
    }

    private Answer follow(
            String method, URI uri, Map<String, String> headers, boolean elsewhere, Waiting waiting)
            throws IOException, InterruptedException {
        URI at = uri;
        for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
            Answer answer = send(request(method, at, headers), waiting);
            if (!REDIRECTS.contains(answer.status())) {
                return answer;
            }
            URI next;
            try {
                next = target(at, answer.header("Location"));
            } catch (SvgenException e) {
                answer.close();
                throw e;
            }
            if (!elsewhere && !sameHost(at, next)) {
                return answer;
            }
            answer.close();
            at = next;
        }
        throw new SvgenException("%s: gave up after %d redirects".formatted(uri, MAX_REDIRECTS));
    }

    private Answer send(HttpRequest request, Waiting waiting)
            throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<Body>> coming =
                client.sendAsync(request, head -> new Body(waiting));
        boolean here = false;
        try {
            HttpResponse<Body> response = await(coming, waiting);
            here = true;
            return new Answer(
                    request.uri(), response.statusCode(), response.headers(), response.body());
        } finally {
            if (!here) {
                coming.cancel(true);
                // It may have come at the last moment.
                coming.thenAccept(late -> late.body().close());
            }
        }
    }

    private static HttpResponse<Body> await(
            CompletableFuture<HttpResponse<Body>> coming, Waiting waiting)
            throws IOException, InterruptedException {
        while (true) {
            waiting.check();
            try {
                return coming.get(Waiting.SLICE_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                // Another look whether to wait on.
            } catch (ExecutionException e) {
                throw failure(e);
            }
        }
    }

    /**
     * What went wrong, in the client's words. It stumbles over some answers that are no HTTP, such
     * as lengths that are no numbers, with exceptions of other kinds.
     */
    static IOException failure(Throwable e) {
        return switch (e) {
            case ExecutionException x when x.getCause() != null -> failure(x.getCause());
            case CompletionException x when x.getCause() != null -> failure(x.getCause());
            case java.net.ProtocolException x -> notHttp(x);
            case IOException x -> x;
            case Error x -> throw x;
            default -> notHttp(e);
        };
    }

    private static WrongAnswerException notHttp(Throwable e) {
        WrongAnswerException wrong =
                new WrongAnswerException(
                        "expected an answer in HTTP, found something else (%s)"
                                .formatted(Untrusted.oneLine(String.valueOf(e.getMessage()))));
        wrong.initCause(e);
        return wrong;
    }

    private HttpRequest request(String method, URI uri, Map<String, String> headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri)
                        .method(method, BodyPublishers.noBody())
                        .timeout(settings.patience().silence())
                        .header("User-Agent", "svgen")
                        .header("Accept-Encoding", "identity");
        headers.forEach(request::header);
        if (settings.token() != null && sameHost(uri, settings.endpoint())) {
            request.header("Authorization", "Bearer " + settings.token());
        }
        return request.build();
    }

    /** Where an answer from {@code from} redirects to. */
    static URI target(URI from, String location) {
        if (location.isBlank()) {
            throw new SvgenException(from + ": redirects, but does not say where to");
        }
        URI to;
        try {
            to = from.resolve(location.replace(" ", "%20").replace("|", "%7C"));
        } catch (IllegalArgumentException e) {
            throw new SvgenException(
                    "%s: redirects to %s, which is no address"
                            .formatted(from, Untrusted.quoted(location)),
                    e);
        }
        boolean web = "https".equals(to.getScheme()) || "http".equals(to.getScheme());
        boolean weaker = "https".equals(from.getScheme()) && !"https".equals(to.getScheme());
        if (!web || weaker || to.getHost() == null || to.getPort() > MAX_PORT) {
            throw new SvgenException(
                    "%s: redirects to %s, which is not safe to follow"
                            .formatted(from, Untrusted.quoted(location)));
        }
        return to;
    }

    /** Same scheme, name and port: only that host may get the token. */
    static boolean sameHost(URI a, URI b) {
        return Objects.equals(a.getScheme(), b.getScheme())
                && a.getHost().equalsIgnoreCase(b.getHost())
                && port(a) == port(b);
    }

    private static int port(URI uri) {
        return uri.getPort() >= 0 ? uri.getPort() : "https".equals(uri.getScheme()) ? 443 : 80;
    }

    @Override
    public void close() {
        // Not close(), which waits for answers that nobody reads any more.
        client.shutdownNow();
    }
}

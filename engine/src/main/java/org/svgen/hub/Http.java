package org.svgen.hub;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.svgen.checkpoint.Untrusted;
import org.svgen.tensor.SvgenException;

/** Requests to the hub. Follows redirects by itself, because the token may not go everywhere. */
final class Http implements AutoCloseable {
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final int MOST_REDIRECTS = 8;

    private final HubSettings settings;
    private final HttpClient client;

    Http(HubSettings settings) {
        this.settings = settings;
        // HTTP/2 would send all files through one connection, which is slower than several.
        this.client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(settings.patience())
                        .proxy(settings.proxies())
                        .build();
    }

    /** An answer whose body is still to be read; the reader closes it. */
    record Answer(URI from, int status, HttpHeaders headers, InputStream body)
            implements AutoCloseable {
        String header(String name) {
            return headers.firstValue(name).orElse("");
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    /** Asks for {@code uri} and goes wherever the answer is. */
    Answer get(URI uri, Map<String, String> headers) throws IOException, InterruptedException {
        return follow("GET", uri, headers, true);
    }

    /**
     * Asks about {@code uri}. A redirect to another host is the answer: what the hub says of a file
     * stands in it.
     */
    Answer head(URI uri) throws IOException, InterruptedException {
        return follow("HEAD", uri, Map.of(), false);
    }

    private Answer follow(String method, URI uri, Map<String, String> headers, boolean elsewhere)
            throws IOException, InterruptedException {
        URI at = uri;
        for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
            HttpResponse<InputStream> response =
                    client.send(request(method, at, headers), BodyHandlers.ofInputStream());
            Answer answer =
                    new Answer(at, response.statusCode(), response.headers(), response.body());
            if (!REDIRECTS.contains(answer.status())) {
                return answer;
            }
            URI next = target(at, answer.header("Location"));
            if (!elsewhere && !sameHost(at, next)) {
                return answer;
            }
            answer.close();
            at = next;
        }
        throw new SvgenException("%s: gave up after %d redirects".formatted(uri, MOST_REDIRECTS));
    }

    private HttpRequest request(String method, URI uri, Map<String, String> headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri)
                        .method(method, BodyPublishers.noBody())
                        .timeout(settings.patience())
                        .header("User-Agent", "svgen")
                        .header("Accept-Encoding", "identity");
        headers.forEach(request::header);
        if (settings.token() != null && sameHost(uri, settings.endpoint())) {
            request.header("Authorization", "Bearer " + settings.token());
        }
        return request.build();
    }

    private static URI target(URI from, String location) {
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
        if (location.isEmpty() || !web || weaker || to.getHost() == null) {
            throw new SvgenException(
                    "%s: redirects to %s, which is not safe to follow"
                            .formatted(from, Untrusted.quoted(location)));
        }
        return to;
    }

    /** Same scheme, name and port: the one to whom a token may be told. */
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

package org.svgen.hub;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.SvgenException;

/** What the hub can be asked about one model. */
final class HubApi {
    /** The listing of tens of thousands of files is shorter. */
    private static final int MAX_LISTING_BYTES = 16 << 20;

    /** A file that is read as a whole, such as a list of shards or a tokenizer, is shorter. */
    private static final int MAX_FILE_BYTES = 64 << 20;

    /** The headers of the largest models have some hundred thousand bytes. */
    static final int MAX_HEADER_BYTES = 32 << 20;

    /** What is read of a file of weights first: few headers are longer. */
    private static final int FIRST_HEADER_BYTES = 1 << 14;

    /** If the first request gets no connection, more attempts would hardly help. */
    private static final int MAX_FIRST_CONNECTIONS = 2;

    private static final int MAX_SILENT_ANSWERS = 2;

    private final HubSettings settings;
    private final Http http;
    private final PullListener listener;
    private final ModelId id;
    private final HubErrors errors;

    HubApi(HubSettings settings, Http http, PullListener listener, ModelId id) {
        this.settings = settings;
        this.http = http;
        this.listener = listener;
        this.id = id;
        this.errors = new HubErrors(settings, id);
    }

    /** The repository at the commit that the revision means now: what is asked for first. */
    RemoteRepo repo() {
        URI uri =
                URI.create(
                        "%s/api/models/%s/revision/%s?blobs=true"
                                .formatted(settings.endpoint(), id.repo(), encoded(id.revision())));
        return new RepoReader(id, settings.endpoint())
                .read(bytes(uri, null, MAX_LISTING_BYTES, retry(MAX_FIRST_CONNECTIONS)));
    }

    /** The whole of a small file, its hash checked. */
    byte[] read(String commit, RemoteFile file) {
        if (file.size() > MAX_FILE_BYTES) {
            throw new SvgenException(
                    "%s: %s: %d bytes, expected a small file of at most %d"
                            .formatted(id, file.name(), file.size(), MAX_FILE_BYTES));
        }
        int most = file.size() < 0 ? MAX_FILE_BYTES : (int) file.size();
        byte[] bytes = bytes(address(commit, file.name()), file.name(), most, retry());
        if (file.isKnown() && !ContentHash.matches(file, bytes)) {
            throw new SvgenException(
                    "%s: the hub sent something else than it lists for %s; try again later"
                            .formatted(id, file.name()));
        }
        return bytes;
    }

    /**
     * The beginning of a file of weights, up to the end of its header: its length in eight bytes,
     * then so much JSON. Of what follows as good as nothing is fetched.
     *
     * @return less, if the header's length makes no sense
     */
    byte[] header(String commit, RemoteFile file) {
        if (file.size() == 0) {
            return new byte[0]; // no range means nothing
        }
        byte[] first = beginning(commit, file, Math.min(file.size(), FIRST_HEADER_BYTES));
        if (first.length < Long.BYTES) {
            return first;
        }
        long json = ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (json < 0 || json > file.size() - Long.BYTES) {
            return first;
        }
        long whole = Long.BYTES + json;
        if (whole <= first.length) {
            return Arrays.copyOf(first, (int) whole);
        }
        if (whole > MAX_HEADER_BYTES) {
            throw new SvgenException(
                    "%s: %s: a header of %d bytes, expected at most %d"
                            .formatted(id, file.name(), json, MAX_HEADER_BYTES));
        }
        return beginning(commit, file, whole);
    }

    /** The first {@code count} bytes, also of a host that sends only whole files. */
    private byte[] beginning(String commit, RemoteFile file, long count) {
        Map<String, String> range = Map.of("Range", "bytes=0-" + (count - 1));
        URI uri = address(commit, file.name());
        Duration whole = settings.patience().forWhole(count);
        return patiently(
                retry(),
                () -> {
                    try (Http.Answer answer = http.get(uri, range, whole)) {
                        errors.check(answer, file.name());
                        answer.requirePlain();
                        Extent extent = Extent.of(answer);
                        extent.require(file.size());
                        if (extent.from() != 0) {
                            throw new WrongAnswerException(
                                    "expected the beginning of %s, found the part from byte %d"
                                            .formatted(file.name(), extent.from()));
                        }
                        return answer.body().readFirst((int) count);
                    }
                });
    }

    /** Size and hash of a file, where the listing lacks them, as those of mirrors may. */
    RemoteFile about(String commit, RemoteFile file) {
        URI uri = address(commit, file.name());
        return patiently(
                retry(),
                () -> {
                    try (Http.Answer answer = http.head(uri)) {
                        errors.check(answer, file.name());
                        boolean redirect = answer.status() >= 300;
                        String size = answer.header("X-Linked-Size");
                        String hash = answer.header("X-Linked-Etag");
                        return RemoteFile.of(
                                file.name(),
                                size.isEmpty() && !redirect
                                        ? answer.header("Content-Length")
                                        : size,
                                hash.isEmpty() && !redirect ? answer.header("ETag") : hash);
                    }
                });
    }

    /** Where a file's content is. */
    URI address(String commit, String name) {
        return URI.create(
                "%s/%s/resolve/%s/%s"
                        .formatted(settings.endpoint(), id.repo(), commit, encodedPath(name)));
    }

    /** Returns if the answer to a request for {@code file} is good, see {@link HubErrors#check}. */
    void check(Http.Answer answer, String file) throws IOException {
        errors.check(answer, file);
    }

    private byte[] bytes(URI uri, @Nullable String file, int most, Retry retry) {
        return patiently(
                retry,
                () -> {
                    Duration whole = settings.patience().forWhole(file == null ? 0 : most);
                    try (Http.Answer answer = http.get(uri, Map.of(), whole)) {
                        errors.check(answer, file);
                        answer.requirePlain();
                        if (answer.status() != 200) {
                            throw new WrongAnswerException(
                                    "expected HTTP 200, found HTTP " + answer.status());
                        }
                        return answer.body().readAll(most);
                    }
                });
    }

    private interface Request<T> {
        T send() throws IOException, InterruptedException;
    }

    private Retry retry() {
        return retry(settings.patience().attempts());
    }

    private Retry retry(int connections) {
        return new Retry(
                settings,
                listener,
                settings.endpoint().toString(),
                new Retry.Advice(
                        "check the connection, and HF_ENDPOINT if it is set", Retry.OTHER_HUB),
                new Retry.Tries(connections, MAX_SILENT_ANSWERS));
    }

    private static <T> T patiently(Retry retry, Request<T> request) {
        while (true) {
            try {
                return request.send();
            } catch (IOException e) {
                Interruptions.run(() -> retry.after(e));
            } catch (InterruptedException e) {
                throw Interruptions.stopped(e);
            }
        }
    }

    private static String encodedPath(String name) {
        return Arrays.stream(name.split("/")).map(HubApi::encoded).collect(Collectors.joining("/"));
    }

    private static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }
}

package org.svgen.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.svgen.testkit.HubFault.Status;

/**
 * A hub with one model, for tests: speaks what downloads need of Hugging Face's API, sends large
 * files from a second host, and fails as it is told to.
 */
public final class HubServer implements AutoCloseable {
    /** The commit that every branch means. */
    public static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    private static final int PIECE = 1024;

    private final String repo;
    private final HttpServer hub;
    private final HttpServer files;
    private final Map<String, byte[]> content = new TreeMap<>();
    private final Map<String, Queue<HubFault>> faults = new ConcurrentHashMap<>();
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final AtomicLong served = new AtomicLong();
    private volatile @Nullable String body;
    private volatile @Nullable String token;
    private volatile boolean sizes = true;
    private volatile boolean ranges = true;
    private volatile long pauseMillis;

    private HubServer(String repo) throws IOException {
        this.repo = repo;
        this.hub = listen(this::answer);
        this.files = listen(this::file);
    }

    /** A hub that has the model {@code repo} ({@code ORG/NAME}), still without files. */
    public static HubServer of(String repo) {
        try {
            return new HubServer(repo);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same with all files of {@code folder}. */
    public static HubServer of(String repo, Path folder) {
        HubServer server = of(repo);
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                String name = folder.relativize(file).toString().replace('\\', '/');
                server.put(name, Files.readAllBytes(file));
            }
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Handler {
        void handle(HttpExchange exchange) throws IOException;
    }

    private HttpServer listen(Handler handler) throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(
                "/",
                exchange -> {
                    // Closing in mid-body cuts the connection, which is what some tests want.
                    try (exchange) {
                        handler.handle(exchange);
                    }
                });
        server.start();
        return server;
    }

    /** What {@code HF_ENDPOINT} would be. */
    public String address() {
        return address(hub);
    }

    private static String address(HttpServer server) {
        return "http://localhost:" + server.getAddress().getPort();
    }

    public HubServer put(String name, byte[] bytes) {
        content.put(name, bytes);
        return this;
    }

    public void remove(String name) {
        content.remove(name);
    }

    /**
     * What goes wrong at the next requests for {@code name}, one each; {@code ""} stands for the
     * model itself.
     */
    public HubServer fail(String name, HubFault... next) {
        faults.computeIfAbsent(name, n -> new ConcurrentLinkedQueue<>()).addAll(List.of(next));
        return this;
    }

    /** Answers this in place of the description of the model. */
    public void describeAs(String json) {
        body = json;
    }

    /** Makes the model gated: only who sends this token gets files. */
    public void requireToken(String accepted) {
        token = accepted;
    }

    /** Leaves sizes and hashes out of the description, as some mirrors do. */
    public void hideSizes() {
        sizes = false;
    }

    /** Sends whole files only. */
    public void ignoreRanges() {
        ranges = false;
    }

    /** Sends large files slowly: so many milliseconds for each KiB. */
    public void slowDown(long millis) {
        pauseMillis = millis;
    }

    /** What was asked for so far, as {@code METHOD host path range token}. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** Bytes of files that were sent so far. */
    public long served() {
        return served.get();
    }

    /** How often the content of {@code name} was asked for. */
    public long downloads(String name) {
        String path = HubContent.isLarge(name) ? "files /" + name : "GET hub /" + repo + "/resolve";
        return requests.stream().filter(r -> r.contains(path) && r.contains("/" + name)).count();
    }

    private void log(HttpExchange exchange, String host) {
        requests.add(
                "%s %s %s %s %s"
                        .formatted(
                                exchange.getRequestMethod(),
                                host,
                                exchange.getRequestURI(),
                                exchange.getRequestHeaders().getFirst("Range"),
                                exchange.getRequestHeaders().getFirst("Authorization")));
    }

    private void answer(HttpExchange exchange) throws IOException {
        log(exchange, "hub");
        String path = exchange.getRequestURI().getPath();
        String description = "/api/models/" + repo + "/revision/";
        String resolve = "/" + repo + "/resolve/" + COMMIT + "/";
        if (path.startsWith(description)) {
            String revision = path.substring(description.length());
            if (failed(exchange, "")) {
                return;
            }
            if (!List.of("main", "refs/pr/1", COMMIT).contains(revision)) {
                refuse(exchange, new Status(404, Map.of("X-Error-Code", "RevisionNotFound")));
                return;
            }
            String json = body == null ? HubContent.describe(COMMIT, content, sizes) : body;
            send(exchange, 200, String.valueOf(json).getBytes(StandardCharsets.UTF_8));
        } else if (path.startsWith(resolve)) {
            resolve(exchange, path.substring(resolve.length()));
        } else {
            refuse(exchange, new Status(401, Map.of("X-Error-Code", "RepoNotFound")));
        }
    }

    private void resolve(HttpExchange exchange, String name) throws IOException {
        byte[] bytes = content.get(name);
        String sent = exchange.getRequestHeaders().getFirst("Authorization");
        if (token != null && !("Bearer " + token).equals(sent)) {
            refuse(
                    exchange,
                    new Status(sent == null ? 401 : 403, Map.of("X-Error-Code", "GatedRepo")));
        } else if (bytes == null) {
            refuse(exchange, new Status(404, Map.of("X-Error-Code", "EntryNotFound")));
        } else if (HubContent.isLarge(name)) {
            exchange.getResponseHeaders()
                    .set("X-Linked-Etag", '"' + HubContent.hash(name, bytes) + '"');
            exchange.getResponseHeaders().set("X-Linked-Size", Integer.toString(bytes.length));
            exchange.getResponseHeaders()
                    .set("Location", address(files) + "/" + name + "?signed=1");
            exchange.sendResponseHeaders(302, -1);
        } else {
            exchange.getResponseHeaders().set("ETag", '"' + HubContent.hash(name, bytes) + '"');
            content(exchange, name, bytes);
        }
    }

    private void file(HttpExchange exchange) throws IOException {
        log(exchange, "files");
        String name = exchange.getRequestURI().getPath().substring(1);
        byte[] bytes = content.get(name);
        if (bytes == null || exchange.getRequestHeaders().getFirst("Authorization") != null) {
            // As signed addresses do, which want no second way to prove who one is.
            refuse(exchange, new Status(400, Map.of()));
        } else {
            content(exchange, name, bytes);
        }
    }

    private void content(HttpExchange exchange, String name, byte[] bytes) throws IOException {
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", Integer.toString(bytes.length));
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        if (failed(exchange, name)) {
            return;
        }
        String range = exchange.getRequestHeaders().getFirst("Range");
        int from = 0;
        int end = bytes.length;
        if (range != null && ranges) {
            String[] ends = range.replace("bytes=", "").split("-");
            from = Integer.parseInt(ends[0]);
            end = ends.length < 2 ? end : Math.min(end, Integer.parseInt(ends[1]) + 1);
            if (from >= bytes.length) {
                refuse(exchange, new Status(416, Map.of()));
                return;
            }
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes %d-%d/%d".formatted(from, end - 1, bytes.length));
        }
        boolean part = range != null && ranges;
        HubFault fault = next(name);
        byte[] sent = fault instanceof HubFault.Wrong ? HubContent.damaged(bytes) : bytes;
        long length = (long) end - from;
        exchange.sendResponseHeaders(part ? 206 : 200, length == 0 ? -1 : length);
        int to = fault instanceof HubFault.Cut cut ? Math.min(from + cut.after(), end) : end;
        if (fault instanceof HubFault.Stall stall) {
            to = Math.min(from + stall.after(), end);
        }
        write(exchange.getResponseBody(), sent, from, to);
        if (fault instanceof HubFault.Stall) {
            pause(60_000);
        }
    }

    private void write(OutputStream out, byte[] bytes, int from, int to) throws IOException {
        for (int at = from; at < to; at += PIECE) {
            int count = Math.min(PIECE, to - at);
            out.write(bytes, at, count);
            served.addAndGet(count);
            if (pauseMillis > 0) {
                out.flush();
                pause(pauseMillis);
            }
        }
        out.flush();
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private @Nullable HubFault next(String name) {
        Queue<HubFault> queue = faults.get(name);
        return queue == null ? null : queue.poll();
    }

    /** True if the next fault for {@code name} was a status, which has been sent. */
    private boolean failed(HttpExchange exchange, String name) throws IOException {
        Queue<HubFault> queue = faults.get(name);
        if (queue != null && queue.peek() instanceof Status status) {
            queue.remove();
            refuse(exchange, status);
            return true;
        }
        return false;
    }

    private static void refuse(HttpExchange exchange, Status status) throws IOException {
        status.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
        exchange.sendResponseHeaders(status.code(), -1);
    }

    private static void send(HttpExchange exchange, int code, byte[] bytes) throws IOException {
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        hub.stop(0);
        files.stop(0);
    }
}

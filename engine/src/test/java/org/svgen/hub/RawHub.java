package org.svgen.hub;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.svgen.models.Pipelines;
import org.svgen.testkit.HubServer;

/** A hub that a test can make answer anything, be it HTTP or not; one request a connection. */
final class RawHub implements AutoCloseable {
    static final Answer USUAL = (request, out) -> false;

    final List<Request> requests = new CopyOnWriteArrayList<>();
    final Map<String, byte[]> files = new TreeMap<>(Fixture.files());

    /** Bytes more or fewer than a file has, in the listing. */
    final Map<String, Integer> wrongBy = new TreeMap<>();

    private final ServerSocket server;
    private final Answer answer;

    record Request(String method, String path, String range, String cookie) {
        boolean listing() {
            return path.startsWith("/api/");
        }

        boolean of(String file) {
            return method.equals("GET") && path.endsWith("/" + file);
        }
    }

    /** Answers a request by itself, or returns false to have it answered as usual. */
    interface Answer {
        boolean to(Request request, OutputStream out) throws IOException, InterruptedException;
    }

    RawHub(Answer answer) {
        this.answer = answer;
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket;
                BufferedReader in =
                        new BufferedReader(
                                new InputStreamReader(
                                        socket.getInputStream(), StandardCharsets.UTF_8))) {
            String[] first = String.valueOf(in.readLine()).split(" ");
            if (first.length < 2) {
                return; // the client has gone already
            }
            Map<String, String> headers = new TreeMap<>();
            for (String line = in.readLine();
                    line != null && !line.isEmpty();
                    line = in.readLine()) {
                String[] parts = line.split(": ", 2);
                headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1]);
            }
            Request request =
                    new Request(
                            first[0],
                            URLDecoder.decode(first[1].split("\\?")[0], StandardCharsets.UTF_8),
                            headers.getOrDefault("range", ""),
                            headers.getOrDefault("cookie", ""));
            requests.add(request);
            OutputStream out = socket.getOutputStream();
            if (!answer.to(request, out)) {
                usual(request, out);
            }
            out.flush();
        } catch (IOException e) {
            // The client has gone, as it may.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void usual(Request request, OutputStream out) throws IOException {
        if (request.listing()) {
            send(out, "200 OK", "", listing().getBytes(StandardCharsets.UTF_8));
            return;
        }
        String[] path = request.path.split("/", 6);
        byte[] all = files.get(path[5]);
        int from =
                request.range.isEmpty()
                        ? 0
                        : Integer.parseInt(request.range.replaceAll("bytes=(\\d+)-.*", "$1"));
        if (from >= all.length) {
            send(out, "416 Range", "", new byte[0]);
            return;
        }
        byte[] part = java.util.Arrays.copyOfRange(all, from, all.length);
        send(
                out,
                from == 0 ? "200 OK" : "206 Part",
                from == 0
                        ? ""
                        : "Content-Range: bytes %d-%d/%d\r\n"
                                .formatted(from, all.length - 1, all.length),
                part);
    }

    static void send(OutputStream out, String status, String headers, byte[] body)
            throws IOException {
        write(
                out,
                "HTTP/1.1 %s\r\nConnection: close\r\n%sContent-Length: %d\r\n\r\n"
                        .formatted(status, headers, body.length));
        out.write(body);
    }

    static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    String listing() {
        List<String> siblings = new ArrayList<>();
        files.forEach((name, bytes) -> {
            boolean large = name.endsWith(".safetensors");
            ContentHash hash = ContentHash.like("x".repeat(large ? 64 : 40), bytes.length);
            hash.update(bytes, bytes.length);
            int size = bytes.length + wrongBy.getOrDefault(name, 0);
            siblings.add(
                    (large
                                    ? "{\"rfilename\":\"%s\",\"size\":%d,\"lfs\":{\"sha256\":\"%s\",\"size\":%2$d}}"
                                    : "{\"rfilename\":\"%s\",\"size\":%d,\"blobId\":\"%s\"}")
                            .formatted(name, size, hash.hex()));
        });
        return siblings.stream()
                .collect(
                        Collectors.joining(
                                ",",
                                "{\"sha\":\"%s\",\"siblings\":[".formatted(HubServer.COMMIT),
                                "]}"));
    }

    long downloads(String file) {
        return requests.stream().filter(r -> r.of(file)).count();
    }

    Hub hub(Path cache, Patience patience) {
        return new Hub(
                new HubSettings(
                        cache,
                        URI.create("http://localhost:" + server.getLocalPort()),
                        null,
                        false,
                        true,
                        patience,
                        HttpClient.Builder.NO_PROXY),
                Pipelines::components);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

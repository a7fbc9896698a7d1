package org.svgen.cli.batch;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.svgen.files.Reasons;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.StoppedException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Calls of a server's HTTP interface, one by one, each with an end in time. */
final class ServerApi implements AutoCloseable {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofMinutes(2);
    private static final Duration DOWNLOAD = Duration.ofMinutes(30);
    private static final int OK = 200;

    private final URI base;
    private final Optional<String> key;
    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();

    /**
     * @param base where the server is, without {@code /v1}
     * @param key to show; none if the server wants none
     */
    ServerApi(URI base, Optional<String> key) {
        this.base = base;
        this.key = key;
    }

    /** What the server said: a status, and JSON's keys and values. */
    record Answer(int status, Map<String, Object> body, HttpResponse<?> response) {
        boolean ok() {
            return status == OK;
        }

        /** Text at {@code name}; empty if there is none. */
        String text(String name) {
            Object value = body.get(name);
            return value == null ? "" : value.toString();
        }

        /** A part of the error; empty if there is none. */
        String error(String name) {
            return body.get("error") instanceof Map<?, ?> error && error.get(name) != null
                    ? Objects.requireNonNull(error.get(name)).toString()
                    : "";
        }

        /** The server's words on what is wrong. */
        String reason() {
            String message = error("message");
            return message.isEmpty() ? "HTTP status " + status : message;
        }

        /** Seconds to wait before the next attempt, at least one. */
        long retryAfter() {
            try {
                return response.headers()
                        .firstValue("retry-after")
                        .map(Long::parseLong)
                        .map(seconds -> Math.clamp(seconds, 1L, 60L))
                        .orElse(1L);
            } catch (NumberFormatException e) {
                return 1;
            }
        }
    }

    /** No answer came: the server is away, or the network is. */
    static final class AwayException extends Exception {
        private static final long serialVersionUID = 1L;

        AwayException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    Answer get(String path) throws AwayException {
        return answer(request(path).GET());
    }

    Answer post(String path, ServerBody body, String idempotencyKey) throws AwayException {
        HttpRequest.Builder request =
                request(path).header("Content-Type", body.type()).POST(body.publisher());
        if (!idempotencyKey.isEmpty()) {
            request.header("Idempotency-Key", idempotencyKey);
        }
        return answer(request);
    }

    /** Writes what comes into {@code file}, and returns how many bytes the server announced. */
    long download(String path, Path file) throws AwayException {
        HttpResponse<Path> response =
                send(request(path).GET(), BodyHandlers.ofFile(file), DOWNLOAD);
        if (response.statusCode() != OK) {
            throw new BadInputException(
                    "%s%s: HTTP status %d".formatted(base, path, response.statusCode()));
        }
        return response.headers().firstValueAsLong("content-length").orElse(-1);
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + path)).timeout(ANSWER);
        key.ifPresent(k -> request.header("Authorization", "Bearer " + k));
        return request;
    }

    private Answer answer(HttpRequest.Builder request) throws AwayException {
        HttpResponse<byte[]> response = send(request, BodyHandlers.ofByteArray(), ANSWER);
        Map<String, Object> body;
        try {
            body =
                    MAPPER.readValue(
                            new String(response.body(), StandardCharsets.UTF_8),
                            new TypeReference<Map<String, Object>>() {});
        } catch (JacksonException e) {
            body = Map.of();
        }
        Answer answer = new Answer(response.statusCode(), body == null ? Map.of() : body, response);
        if (answer.status == 401 || answer.status == 403) {
            throw new BadInputException(
                    "%s: %s; --api-key-file or SVGEN_API_KEY gives the key"
                            .formatted(base, answer.reason()));
        }
        return answer;
    }

    private <T> HttpResponse<T> send(
            HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler, Duration whole)
            throws AwayException {
        var sent = client.sendAsync(request.build(), handler);
        try {
            return sent.get(whole.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            sent.cancel(true);
            Thread.currentThread().interrupt();
            throw new StoppedException("stopped");
        } catch (TimeoutException e) {
            sent.cancel(true);
            throw new AwayException("no answer within %d s".formatted(whole.toSeconds()), e);
        } catch (ExecutionException e) {
            throw new AwayException(
                    e.getCause() instanceof IOException io && io.getMessage() != null
                            ? Reasons.of(io)
                            : "no connection",
                    e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}

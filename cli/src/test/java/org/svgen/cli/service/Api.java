package org.svgen.cli.service;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.svgen.pipeline.PlainJson;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Requests to a service.
 *
 * @param base its address without a path
 * @param headers of each request
 */
record Api(HttpClient client, URI base, Map<String, String> headers) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration MOST = Duration.ofSeconds(60);
    private static final Set<String> ENDS = Set.of("completed", "failed");

    /** An answer. */
    record Answer(HttpResponse<byte[]> response) {
        int status() {
            return response.statusCode();
        }

        byte[] bytes() {
            return response.body();
        }

        String text() {
            return new String(response.body());
        }

        JsonNode json() {
            return JSON.readTree(response.body());
        }

        /** The code of an error. */
        String code() {
            return json().path("error").path("code").asString("");
        }

        boolean isCode(int status, String code) {
            return status() == status && code().equals(code);
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }
    }

    static Api of(URI base) {
        HttpClient client =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(MOST)
                        .build();
        return new Api(client, base, Map.of());
    }

    Api with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Api(client, base, more);
    }

    Api key(String key) {
        return with("Authorization", "Bearer " + key);
    }

    HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).timeout(MOST);
        headers.forEach(request::header);
        return request;
    }

    Answer get(String path) {
        return send(request(path).GET());
    }

    Answer delete(String path) {
        return send(request(path).DELETE());
    }

    Answer post(String path) {
        return send(request(path).POST(BodyPublishers.noBody()));
    }

    Answer post(String path, Map<String, ?> body) {
        return send("POST", path, body);
    }

    Answer send(String method, String path, Map<String, ?> body) {
        return send(
                request(path)
                        .header("Content-Type", "application/json")
                        .method(method, BodyPublishers.ofString(PlainJson.compact(body))));
    }

    /** Waits a moment where a key asks too often, as good clients do. */
    Answer send(HttpRequest.Builder request) {
        return Await.value(
                () -> once(request), answer -> !answer.isCode(429, "rate_limit_exceeded"));
    }

    private Answer once(HttpRequest.Builder request) {
        try {
            return new Answer(
                    client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Takes a job; {@return its id} */
    String create(Map<String, ?> body) {
        Answer answer = post("/v1/videos", body);
        if (answer.status() != 200) {
            throw new AssertionError(answer.text());
        }
        return answer.json().get("id").asString();
    }

    JsonNode video(String id) {
        return get("/v1/videos/" + id).json();
    }

    String status(String id) {
        return video(id).path("status").asString("");
    }

    byte[] content(String id) {
        return get("/v1/videos/" + id + "/content").bytes();
    }

    /** Waits until a job has ended; {@return the job} */
    JsonNode ended(String id) {
        return Await.value(
                () -> video(id), video -> ENDS.contains(video.path("status").asString("")));
    }

    /** Waits until a job's first step is done; {@return the job} */
    JsonNode running(String id) {
        return Await.value(
                () -> video(id),
                video ->
                        video.path("progress").asInt(0) > 0
                                || ENDS.contains(video.path("status").asString("")));
    }
}

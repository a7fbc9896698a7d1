package org.svgen.server.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;
import org.svgen.server.job.JobId;
import org.svgen.server.keys.Caller;
import org.svgen.server.wire.Json;
import org.svgen.server.wire.Problem;
import org.svgen.server.wire.Refusal;

/**
 * A request and the answer to it.
 *
 * @param id by which the answer is found again in a log
 * @param values of the path's parts in braces
 * @param caller who asks
 */
record Call(
        ServerRequest request,
        ServerResponse response,
        String id,
        Map<String, String> values,
        Caller caller) {
    Call by(Map<String, String> newValues, Caller newCaller) {
        return new Call(request, response, id, newValues, newCaller);
    }

    String method() {
        return request.prologue().method().text();
    }

    Optional<String> header(String name) {
        return request.headers().first(HeaderNames.create(name));
    }

    Optional<String> query(String name) {
        return request.query().contains(name)
                ? Optional.of(request.query().get(name))
                : Optional.empty();
    }

    /** Whether a query says so: {@code ?dry_run=true}. */
    boolean flag(String name) {
        return query(name).filter(value -> value.equals("true") || value.equals("1")).isPresent();
    }

    /**
     * The id in the path.
     *
     * @throws Refusal if it is none
     */
    JobId job() {
        return JobId.parse(values.getOrDefault("id", "")).orElseThrow(Call::noSuchVideo);
    }

    /** The same for ids that never were and for those of others. */
    static Refusal noSuchVideo() {
        return new Refusal(Problem.absent("there is no video with this id"));
    }

    /** What addresses of this service begin with, as the client sees it. */
    String base() {
        String host = header("Host").orElse("localhost");
        String scheme = header("X-Forwarded-Proto").filter("https"::equals).orElse("http");
        return scheme + "://" + host;
    }

    void header(String name, String value) {
        response.header(name, value);
    }

    void json(Object value) {
        json(200, value);
    }

    void json(int status, Object value) {
        header("Cache-Control", "no-store");
        send(status, "application/json", Json.bytes(value));
    }

    void send(int status, String type, byte[] body) {
        response.status(Status.create(status));
        header("Content-Type", type);
        if (method().equals("HEAD")) {
            header("Content-Length", String.valueOf(body.length));
            response.send(new byte[0]);
        } else {
            response.send(body);
        }
    }

    /** Without a body: 204, 304. */
    void empty(int status) {
        response.status(Status.create(status));
        response.send();
    }

    /** A body of known length, in pieces. */
    OutputStream stream(int status, String type, long length) {
        response.status(Status.create(status));
        header("Content-Type", type);
        header("Content-Length", String.valueOf(length));
        return response.outputStream();
    }
}

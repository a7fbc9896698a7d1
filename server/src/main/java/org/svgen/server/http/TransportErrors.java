package org.svgen.server.http;

import io.helidon.http.DirectHandler;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.DirectHandler.TransportResponse;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import org.svgen.server.wire.Json;
import org.svgen.server.wire.Problem;

/** What the HTTP server refuses by itself, in the form of all other errors. */
final class TransportErrors {
    private TransportErrors() {}

    static DirectHandlers handlers() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (EventType type : EventType.values()) {
            handlers.addHandler(type, TransportErrors::answer);
        }
        return handlers.build();
    }

    private static TransportResponse answer(
            DirectHandler.TransportRequest request,
            EventType type,
            Status suggested,
            ServerResponseHeaders headers,
            String message) {
        int status = suggested.code();
        Problem problem = Problem.transport(status, words(status));
        headers.set(HeaderNames.CONTENT_TYPE, "application/json");
        headers.set(HeaderNames.create("x-request-id"), RequestIds.next());
        problem.retryAfter()
                .ifPresent(
                        seconds -> headers.set(HeaderNames.RETRY_AFTER, String.valueOf(seconds)));
        return TransportResponse.builder()
                .status(suggested)
                .headers(headers)
                .keepAlive(false)
                .entity(Json.bytes(problem.body()))
                .build();
    }

    /** Never the server's own words, which quote what was sent. */
    private static String words(int status) {
        return switch (status) {
            case 400 -> "the request is not HTTP/1.1, or its head is wrong or too large";
            case 404 -> "there is nothing at this address";
            case 413 -> "the body is too large";
            case 414 -> "the request line is too long";
            case 431 -> "the request's head is too large";
            case 501 -> "this transfer encoding is not taken";
            case 503 -> "too many requests at once";
            case 505 -> "HTTP/1.1 is spoken here";
            default -> status < 500 ? "the request is wrong" : "the service failed";
        };
    }
}

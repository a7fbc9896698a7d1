package org.svgen.server.wire;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a request gets in place of an answer, in OpenAI's form. OpenAI's clients try again by
 * themselves at 408, 409, 429 and from 500 on, unless {@code retry} says otherwise.
 *
 * @param status of HTTP
 * @param type kind of error, by which clients choose: {@code invalid_request_error}
 * @param code the error's short name
 * @param message one line for people
 * @param param the field that is wrong, as it was sent; none if it is not one field
 * @param retryAfter seconds until it may be worth to try again
 * @param retry whether clients should try again by themselves; none leaves it to them
 */
public record Problem(
        int status,
        String type,
        String code,
        String message,
        Optional<String> param,
        OptionalInt retryAfter,
        Optional<Boolean> retry) {
    private static final String INVALID = "invalid_request_error";
    private static final String BUSY = "rate_limit_error";
    private static final String SERVER = "server_error";
    private static final int MOST_SECONDS = 60;

    /** Checks that nothing is null. */
    public Problem {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(param, "param");
        Objects.requireNonNull(retryAfter, "retryAfter");
        Objects.requireNonNull(retry, "retry");
    }

    private static Problem of(int status, String type, String code, String message) {
        return new Problem(
                status,
                type,
                code,
                message,
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty());
    }

    /**
     * {@return 400: a value that a field does not take}
     *
     * @param param the field, as it was sent
     * @param message one line
     */
    public static Problem value(String param, String message) {
        return of(400, INVALID, "invalid_value", message).about(param);
    }

    /**
     * {@return 400: values that do not go together}
     *
     * @param message one line
     */
    public static Problem value(String message) {
        return of(400, INVALID, "invalid_value", message);
    }

    /**
     * {@return 400: a body that cannot be read}
     *
     * @param message one line
     */
    public static Problem body(String message) {
        return of(400, INVALID, "invalid_body", message);
    }

    /**
     * {@return 400: no model of that name}
     *
     * @param message one line
     */
    public static Problem model(String message) {
        return of(400, INVALID, "model_not_found", message).about("model");
    }

    /**
     * {@return 401: no key, or a wrong one}
     *
     * @param message one line
     */
    public static Problem key(String message) {
        return of(401, INVALID, "invalid_api_key", message);
    }

    /**
     * {@return 403: the key, the host or the page may not do this}
     *
     * @param code the error's short name
     * @param message one line
     */
    public static Problem forbidden(String code, String message) {
        return of(403, "permission_error", code, message);
    }

    /**
     * {@return 404: there is nothing by that name, or nothing that the caller may see}
     *
     * @param message one line
     */
    public static Problem absent(String message) {
        return of(404, INVALID, "not_found", message);
    }

    /**
     * {@return 404: the video is still to come}
     *
     * @param message one line
     */
    public static Problem notReady(String message) {
        return of(404, INVALID, "video_not_ready", message);
    }

    /**
     * {@return 404: the video was made before, and is deleted}
     *
     * @param message one line
     */
    public static Problem deleted(String message) {
        return of(404, INVALID, "video_deleted", message).about("Idempotency-Key");
    }

    /**
     * {@return 405: the path knows other methods}
     *
     * @param message one line
     */
    public static Problem method(String message) {
        return of(405, INVALID, "method_not_allowed", message);
    }

    /**
     * {@return 409: the video's state does not allow it any more}
     *
     * @param code the error's short name
     * @param message one line
     * @param retry whether the same may work in a moment
     */
    public static Problem conflict(String code, String message, boolean retry) {
        return of(409, INVALID, code, message).retried(retry);
    }

    /**
     * {@return 413: more bytes than are taken}
     *
     * @param message one line
     */
    public static Problem tooLarge(String message) {
        return of(413, INVALID, "request_too_large", message);
    }

    /**
     * {@return 415: neither JSON nor a form}
     *
     * @param message one line
     */
    public static Problem mediaType(String message) {
        return of(415, INVALID, "unsupported_media_type", message);
    }

    /**
     * {@return 416: a part of a file that the file does not have}
     *
     * @param message one line
     */
    public static Problem range(String message) {
        return of(416, INVALID, "range_not_satisfiable", message);
    }

    /**
     * {@return 422: the same idempotency key with another body}
     *
     * @param message one line
     */
    public static Problem keyReused(String message) {
        return of(422, INVALID, "idempotency_key_reused", message).about("Idempotency-Key");
    }

    /**
     * {@return 429: too much is under way}
     *
     * @param code the error's short name
     * @param message one line
     * @param seconds until there may be room
     */
    public static Problem busy(String code, String message, double seconds) {
        return of(429, BUSY, code, message).after(seconds);
    }

    /**
     * {@return 503: the service cannot do this now}
     *
     * @param message one line
     * @param seconds until it may
     */
    public static Problem unavailable(String message, double seconds) {
        return of(503, SERVER, "unavailable", message).after(seconds);
    }

    /** {@return 500: an error of the service itself, which is told to its operator alone} */
    public static Problem internal() {
        return of(500, SERVER, "internal_error", "the service failed; its log has the reason");
    }

    /**
     * {@return what the HTTP server itself refuses}
     *
     * @param status of HTTP
     * @param message one line
     */
    public static Problem transport(int status, String message) {
        return switch (status) {
            case 404 -> absent(message);
            case 413 -> tooLarge(message);
            case 503 -> unavailable(message, 1);
            default ->
                    status < 500 || status == 501 || status == 505
                            ? of(status, INVALID, "invalid_request", message)
                            : of(status, SERVER, "internal_error", message);
        };
    }

    private Problem about(String field) {
        return new Problem(status, type, code, message, Optional.of(field), retryAfter, retry);
    }

    private Problem after(double seconds) {
        int whole = (int) Math.clamp(Math.ceil(seconds), 1, MOST_SECONDS);
        return new Problem(status, type, code, message, param, OptionalInt.of(whole), retry);
    }

    private Problem retried(boolean again) {
        return new Problem(status, type, code, message, param, retryAfter, Optional.of(again));
    }

    /** {@return the body: {@code {"error": {...}}}} */
    public Map<String, Object> body() {
        Map<String, @Nullable Object> error = new LinkedHashMap<>();
        error.put("message", message);
        error.put("type", type);
        error.put("param", param.orElse(null));
        error.put("code", code);
        return Map.of("error", error);
    }
}

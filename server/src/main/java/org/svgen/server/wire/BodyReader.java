package org.svgen.server.wire;

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;

/** Reads bodies of either kind, within limits. */
public final class BodyReader {
    private static final String FORM = "multipart/form-data";
    private static final String JSON = "application/json";

    private final BodyLimits limits;

    /**
     * A reader.
     *
     * @param limits of what is read
     */
    public BodyReader(BodyLimits limits) {
        this.limits = limits;
    }

    /**
     * Looks at what the head says of a body, before any of it is read.
     *
     * @param contentType of the request; empty if it says none
     * @param length of the body in bytes; -1 if the request does not say it
     * @throws Refusal if the body is too large, or of another kind
     */
    public void requireSize(String contentType, long length) {
        long most = isForm(contentType) ? limits.fileBytes() : limits.plainBytes();
        if (length > most) {
            throw tooLarge(most);
        }
        if (!isForm(contentType) && !isJson(contentType)) {
            throw new Refusal(
                    Problem.mediaType(
                            "the body is neither %s nor %s; say which in Content-Type"
                                    .formatted(JSON, FORM)));
        }
    }

    private static String kind(String contentType) {
        return contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    private static boolean isForm(String contentType) {
        return kind(contentType).equals(FORM);
    }

    private static boolean isJson(String contentType) {
        String kind = kind(contentType);
        return kind.equals(JSON) || (kind.startsWith("application/") && kind.endsWith("+json"));
    }

    /**
     * {@return what a body holds}
     *
     * @param contentType of the request; empty if it says none
     * @param length of the body in bytes; -1 if the request does not say it
     * @param content the body
     * @param spool that takes its files
     * @throws Refusal if it cannot be taken
     * @throws IOException if the connection breaks
     */
    public Body read(String contentType, long length, InputStream content, Spool spool)
            throws IOException {
        requireSize(contentType, length);
        if (isForm(contentType)) {
            return new FormReader(limits, spool).read(contentType, length, content);
        }
        byte[] bytes = content.readNBytes((int) limits.plainBytes() + 1);
        if (bytes.length > limits.plainBytes()) {
            throw tooLarge(limits.plainBytes());
        }
        return new Body(Json.object(bytes), Map.of());
    }

    static Refusal tooLarge(long most) {
        return new Refusal(
                Problem.tooLarge(
                        "the body is larger than %d MiB".formatted(Math.max(1, most >> 20))));
    }
}

package org.svgen.server.wire;

import java.util.LinkedHashMap;
import java.util.Map;

/** Texts of a client's own, which come back with the job. */
final class Metadata {
    private static final int MOST = 16;
    private static final int MOST_NAME = 64;
    private static final int MOST_VALUE = 512;

    private Metadata() {}

    static Map<String, String> of(GivenValue given) {
        Map<String, String> metadata = new LinkedHashMap<>();
        given.object()
                .forEach((name, value) -> {
                    GivenValue member = new GivenValue(given.sent() + "." + name, value);
                    if (name.isEmpty() || name.length() > MOST_NAME) {
                        throw member.wrong("a name of 1 to %d characters".formatted(MOST_NAME));
                    }
                    String text = member.text();
                    if (text.length() > MOST_VALUE) {
                        throw member.wrong("at most %d characters".formatted(MOST_VALUE));
                    }
                    metadata.put(name, text);
                });
        if (metadata.size() > MOST) {
            throw new Refusal(
                    Problem.value(
                            given.sent(),
                            "%s: expected at most %d texts, found %d"
                                    .formatted(given.sent(), MOST, metadata.size())));
        }
        return metadata;
    }
}

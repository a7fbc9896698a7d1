package org.svgen.server.work;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * What would fit in place of an order that does not.
 *
 * @param text for people
 * @param settings that differ from the order's, by the names that {@link
 *     org.svgen.pipeline.RequestBuilder#set(String, Object)} takes
 */
public record Alternative(String text, Map<String, Object> settings) {
    /** Copies the map. */
    public Alternative {
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(settings, "settings");
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }
}

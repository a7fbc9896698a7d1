package org.svgen.server.keys;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a key may do. */
public enum Scope {
    /** Make, change and delete videos of its own; reads them too. */
    VIDEOS,
    /** Read videos of its own. */
    READ,
    /** Read the metrics. */
    METRICS,
    /** All of it, and the videos of other keys, and the queue. */
    ADMIN;

    /** {@return the name in key files: {@code videos}} */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * {@return the scope of a name, if there is one}
     *
     * @param text as key files hold it
     */
    public static Optional<Scope> of(String text) {
        return Arrays.stream(values()).filter(scope -> scope.text().equals(text)).findFirst();
    }

    /** {@return all names, as messages list them} */
    public static String names() {
        return Arrays.stream(values()).map(Scope::text).collect(Collectors.joining(", "));
    }

    /** Whether who has this scope may do what asks for {@code needed}. */
    boolean grants(Scope needed) {
        return this == ADMIN || this == needed || (this == VIDEOS && needed == READ);
    }
}

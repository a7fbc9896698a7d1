package org.svgen.testkit;

import java.util.Map;

/** What may go wrong at a {@link HubServer}. */
public sealed interface HubFault {
    /** An answer without content. */
    record Status(int code, Map<String, String> headers) implements HubFault {
        public Status(int code) {
            this(code, Map.of());
        }
    }

    /** The connection breaks after so many bytes. */
    record Cut(int after) implements HubFault {}

    /** Nothing comes any more after so many bytes. */
    record Stall(int after) implements HubFault {}

    /** As many bytes as there should be, one of them wrong. */
    record Wrong() implements HubFault {}
}

package org.svgen.server.wire;

import java.util.Map;

/**
 * A body, be it JSON or a form.
 *
 * @param fields as JSON has them: maps, lists, texts, numbers, flags; all texts in a form
 * @param files that came with a form, by the names of their fields
 */
public record Body(Map<String, Object> fields, Map<String, Upload> files) {
    /** A body with nothing in it. */
    public static final Body EMPTY = new Body(Map.of(), Map.of());
}

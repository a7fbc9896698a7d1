package org.svgen.cli.batch;

import java.util.List;

/**
 * A value of a row.
 *
 * @param place where it stands
 * @param value a text, or what JSON has: a {@link Boolean}, a {@link Number}, a list of such
 */
record Cell(Place place, Object value) {
    /** How a message shows it. */
    String said() {
        return said(value);
    }

    static String said(Object value) {
        return switch (value) {
            case String text -> "'" + text + "'";
            case List<?> list -> list.isEmpty() ? "an empty list" : "a list";
            default -> value.toString();
        };
    }
}

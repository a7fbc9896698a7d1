package org.svgen.lab.study.file;

import org.svgen.tensor.BadInputException;

/**
 * Where something stands in a file.
 *
 * @param file its name
 * @param line from 1
 * @param column from 1
 */
record Place(String file, int line, int column) {
    /** An error here. */
    BadInputException wrong(String what) {
        return new BadInputException(this + ": " + what);
    }

    /** An error about the value of a key. */
    BadInputException wrong(String key, String expected, Yaml found) {
        return wrong("%s: expected %s, found %s".formatted(key, expected, found.said()));
    }

    /** {@code study.yaml, line 3, column 5}. */
    @Override
    public String toString() {
        return "%s, line %d, column %d".formatted(file, line, column);
    }
}

package org.svgen.cli.batch;

/**
 * Where something stands in a batch file.
 *
 * @param file its name
 * @param line from 1
 * @param column the first letter's, from 1
 */
public record Place(String file, int line, int column) {
    /** {@code prompts.csv, line 3, column 5}. */
    @Override
    public String toString() {
        return "%s, line %d, column %d".formatted(file, line, column);
    }
}

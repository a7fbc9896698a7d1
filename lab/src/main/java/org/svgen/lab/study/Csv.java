package org.svgen.lab.study;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** A table as RFC 4180 has it: commas, quotes where they are needed, CRLF. */
final class Csv {
    private final StringBuilder text = new StringBuilder();
    private final int columns;

    Csv(List<String> header) {
        columns = header.size();
        row(header.toArray());
    }

    /** Values in the order of the header; a text that is empty stands for none. */
    void row(Object... values) {
        if (values.length != columns) {
            throw new IllegalArgumentException(
                    "%d values in a table of %d columns".formatted(values.length, columns));
        }
        text.append(
                        Arrays.stream(values)
                                .map(value -> field(String.valueOf(value)))
                                .collect(Collectors.joining(",")))
                .append("\r\n");
    }

    private static String field(String value) {
        return value.chars().anyMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n')
                ? '"' + value.replace("\"", "\"\"") + '"'
                : value;
    }

    String text() {
        return text.toString();
    }
}

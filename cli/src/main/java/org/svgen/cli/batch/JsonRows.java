package org.svgen.cli.batch;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.json.JsonMapper;

/** Rows of a JSON object a line; null says nothing, and so does an empty line. */
final class JsonRows {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

    private final String file;
    private final Columns columns;
    private final Mistakes mistakes;
    private final Set<String> known = new HashSet<>();
    private int line;

    private JsonRows(String file, Columns columns, Mistakes mistakes) {
        this.file = file;
        this.columns = columns;
        this.mistakes = mistakes;
    }

    static List<Row> read(String file, String text, Columns columns, Mistakes mistakes) {
        JsonRows reader = new JsonRows(file, columns, mistakes);
        List<Row> rows = new ArrayList<>();
        text.lines()
                .forEach(line -> {
                    reader.line++;
                    if (!line.isBlank()) {
                        reader.row(line).ifPresent(rows::add);
                    }
                });
        return rows;
    }

    private Optional<Row> row(String text) {
        try (JsonParser parser = MAPPER.reader().createParser(text)) {
            Row row = new Row(new Place(file, line, 1));
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                mistakes.add(place(parser), "expected a JSON object on each line");
                return Optional.empty();
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                field(row, parser);
            }
            if (parser.nextToken() != null) {
                mistakes.add(place(parser), "expected one JSON object on each line, found more");
                return Optional.empty();
            }
            return Optional.of(row);
        } catch (JacksonException e) {
            TokenStreamLocation at = e.getLocation();
            mistakes.add(
                    new Place(file, line, at == null ? 1 : Math.max(1, at.getColumnNr())),
                    "expected JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""));
            return Optional.empty();
        }
    }

    private Place place(JsonParser parser) {
        return new Place(file, line, Math.max(1, parser.currentTokenLocation().getColumnNr()));
    }

    private void field(Row row, JsonParser parser) {
        String name = parser.currentName();
        if (known.add(name)) {
            columns.wrong(name).ifPresent(wrong -> mistakes.add(place(parser), wrong));
        }
        JsonToken token = parser.nextToken();
        Place place = place(parser);
        if (token == JsonToken.VALUE_NULL) {
            return;
        }
        if (token == JsonToken.START_OBJECT) {
            mistakes.add(place, "%s: expected a value or a list, found an object".formatted(name));
            parser.skipChildren();
            return;
        }
        if (token != JsonToken.START_ARRAY) {
            row.cells().put(name, new Cell(place, value(parser)));
            return;
        }
        List<Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken().isScalarValue()
                    && parser.currentToken() != JsonToken.VALUE_NULL) {
                list.add(value(parser));
            } else {
                mistakes.add(place(parser), "%s: expected a list of plain values".formatted(name));
                parser.skipChildren();
            }
        }
        row.cells().put(name, new Cell(place, list));
    }

    private static Object value(JsonParser parser) {
        return switch (parser.currentToken()) {
            case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            default -> parser.getString();
        };
    }
}

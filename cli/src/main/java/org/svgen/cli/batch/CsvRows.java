package org.svgen.cli.batch;

import java.util.ArrayList;
import java.util.List;
import org.svgen.tensor.BadInputException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvReadFeature;
import tools.jackson.dataformat.csv.CsvSchema;

/** Rows of a table whose first line names the columns; an empty cell says nothing. */
final class CsvRows {
    private static final CsvMapper MAPPER =
            CsvMapper.builder().enable(CsvReadFeature.WRAP_AS_ARRAY).build();

    private final String file;
    private final Columns columns;
    private final Mistakes mistakes;

    private CsvRows(String file, Columns columns, Mistakes mistakes) {
        this.file = file;
        this.columns = columns;
        this.mistakes = mistakes;
    }

    static List<Row> read(String file, String text, Columns columns, Mistakes mistakes) {
        CsvSchema schema = CsvSchema.emptySchema().withColumnSeparator(separator(text));
        try (JsonParser parser = MAPPER.reader().with(schema).createParser(text)) {
            return new CsvRows(file, columns, mistakes).rows(parser);
        } catch (JacksonException e) {
            TokenStreamLocation at = e.getLocation();
            throw new BadInputException(
                    "%s, line %d: expected CSV: %s"
                            .formatted(
                                    file,
                                    at == null ? 1 : at.getLineNr(),
                                    e.getOriginalMessage().lines().findFirst().orElse("")),
                    e);
        }
    }

    /** A comma; a semicolon or a tab where the first line has these alone, as some programs do. */
    private static char separator(String text) {
        String header = text.lines().findFirst().orElse("");
        return header.contains(",")
                ? ','
                : header.contains(";") ? ';' : header.contains("\t") ? '\t' : ',';
    }

    private List<Row> rows(JsonParser parser) {
        List<Row> rows = new ArrayList<>();
        List<String> header = List.of();
        parser.nextToken();
        while (parser.nextToken() == JsonToken.START_ARRAY) {
            List<Cell> cells = cells(parser);
            if (cells.isEmpty() || cells.size() == 1 && text(cells.getFirst()).isEmpty()) {
                continue; // an empty line
            }
            if (header.isEmpty()) {
                header = header(cells);
            } else {
                rows.add(row(header, cells));
            }
        }
        return rows;
    }

    private List<Cell> cells(JsonParser parser) {
        List<Cell> cells = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            TokenStreamLocation at = parser.currentTokenLocation();
            Place place = new Place(file, at.getLineNr(), at.getColumnNr());
            cells.add(new Cell(place, parser.getString()));
        }
        return cells;
    }

    private static String text(Cell cell) {
        return cell.value().toString().strip();
    }

    private List<String> header(List<Cell> cells) {
        List<String> names = new ArrayList<>();
        for (Cell cell : cells) {
            String name = text(cell);
            if (names.contains(name)) {
                mistakes.add(
                        cell.place(), "column '%s': expected once, found twice".formatted(name));
            }
            columns.wrong(name).ifPresent(wrong -> mistakes.add(cell.place(), wrong));
            names.add(name);
        }
        return names;
    }

    private Row row(List<String> header, List<Cell> cells) {
        Row row = new Row(cells.getFirst().place());
        for (int i = 0; i < cells.size(); i++) {
            Cell cell = cells.get(i);
            if (text(cell).isEmpty()) {
                continue;
            }
            if (i >= header.size()) {
                mistakes.add(
                        cell.place(),
                        "expected %d values, as the first line has columns, found %d; a text with a comma needs quotes"
                                .formatted(header.size(), cells.size()));
                break;
            }
            row.cells().put(header.get(i), cell);
        }
        return row;
    }
}

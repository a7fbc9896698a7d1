package org.svgen.cli.batch;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.svgen.pipeline.Rules;
import org.svgen.setting.Rule;
import org.svgen.tensor.BadInputException;

/** Reads what a batch file asks for: all of it, or nothing if something is wrong. */
public final class BatchFile {
    private static final long LEAST_PRIORITY = -10;
    private static final long MOST_PRIORITY = 10;
    private static final String NAME = "[^/\\\\\\p{Cntrl}]{1,100}";

    private final Path file;
    private final Columns columns;
    private final Mistakes mistakes;

    private BatchFile(Path file, boolean served) {
        this.file = file;
        this.columns = new Columns(served);
        this.mistakes = new Mistakes(file.toString());
    }

    /**
     * {@return the videos of a file, in its order}
     *
     * @param file {@code .csv} or {@code .jsonl}
     * @param served whether a server makes them, which takes more columns
     * @throws BadInputException that names each mistake with its line and column
     */
    public static List<BatchTask> read(Path file, boolean served) {
        Objects.requireNonNull(file, "file");
        return new BatchFile(file, served).tasks();
    }

    private List<BatchTask> tasks() {
        List<Row> rows = RowReader.read(file, columns, mistakes);
        List<BatchTask> tasks = new ArrayList<>();
        for (Row row : rows) {
            tasks.addAll(tasks(row));
            if (tasks.size() > Choices.MOST) {
                mistakes.add(
                        row.place(),
                        "expected at most %d videos in a file, found more".formatted(Choices.MOST));
                break;
            }
        }
        mistakes.refuse();
        if (tasks.isEmpty()) {
            throw new BadInputException("%s: expected rows, found none".formatted(file));
        }
        return tasks;
    }

    /** The videos of a row, each with one of the values where a cell has several. */
    private List<BatchTask> tasks(Row row) {
        int before = mistakes.count();
        Map<Rule<?>, List<Object>> choices = new LinkedHashMap<>();
        Map<String, Place> places = new LinkedHashMap<>();
        row.cells()
                .forEach((name, cell) ->
                        columns.rule(name)
                                .ifPresent(rule -> {
                                    if (choices.containsKey(rule)) {
                                        mistakes.add(
                                                cell.place(),
                                                rule.key() + ": expected once, found twice");
                                    }
                                    choices.put(rule, Choices.of(rule, cell, mistakes));
                                    places.put(rule.name(), cell.place());
                                }));
        BatchTask.Files files =
                new BatchTask.Files(picture(row, Columns.IMAGE), picture(row, Columns.LAST_IMAGE));
        if (!choices.containsKey(Rules.PROMPT) && files.image().isEmpty()) {
            mistakes.add(row.place(), "prompt: expected a text, found nothing");
        }
        Optional<String> output = output(row);
        Map<String, Object> service = service(row);
        if (mistakes.count() > before) {
            return List.of();
        }
        List<BatchTask> tasks = new ArrayList<>();
        for (Map<String, Object> settings : product(row, choices)) {
            Map<String, Object> varied = new LinkedHashMap<>(settings);
            choices.forEach((rule, values) -> {
                if (values.size() == 1) {
                    varied.remove(rule.name());
                }
            });
            tasks.add(new BatchTask(row.place(), settings, places, varied, files, output, service));
        }
        return tasks;
    }

    private List<Map<String, Object>> product(Row row, Map<Rule<?>, List<Object>> choices) {
        List<Map<String, Object>> all = List.of(Map.of());
        for (Map.Entry<Rule<?>, List<Object>> choice : choices.entrySet()) {
            if ((long) all.size() * choice.getValue().size() > Choices.MOST) {
                mistakes.add(
                        row.place(),
                        "expected at most %d videos of a row, found more".formatted(Choices.MOST));
                return List.of();
            }
            List<Map<String, Object>> more = new ArrayList<>();
            for (Map<String, Object> settings : all) {
                for (Object value : choice.getValue()) {
                    Map<String, Object> one = new LinkedHashMap<>(settings);
                    one.put(choice.getKey().name(), value);
                    more.add(one);
                }
            }
            all = more;
        }
        return all;
    }

    /** A picture's file, beside the batch file where its name is relative. */
    private Optional<Path> picture(Row row, String column) {
        return row.cell(column)
                .map(cell -> {
                    Path path = file.resolveSibling(text(cell));
                    if (!Files.isReadable(path) || Files.isDirectory(path)) {
                        mistakes.add(
                                cell.place(),
                                "%s: expected a picture's file, found none at %s"
                                        .formatted(column, path));
                    }
                    return path;
                });
    }

    private static String text(Cell cell) {
        return cell.value().toString().strip();
    }

    private Optional<String> output(Row row) {
        return row.cell(Columns.OUTPUT)
                .map(cell -> {
                    String name = text(cell).replaceFirst("(?i)\\.mp4$", "");
                    if (!name.matches(NAME) || name.startsWith(".")) {
                        mistakes.add(
                                cell.place(),
                                "output: expected the name of a video without a folder, found '%s'"
                                        .formatted(text(cell)));
                    }
                    return name;
                });
    }

    private Map<String, Object> service(Row row) {
        Map<String, Object> service = new LinkedHashMap<>();
        row.cell(Columns.MODEL).ifPresent(cell -> service.put(Columns.MODEL, text(cell)));
        row.cell(Columns.PRIORITY)
                .ifPresent(cell -> {
                    try {
                        long priority = Long.parseLong(text(cell));
                        if (priority >= LEAST_PRIORITY && priority <= MOST_PRIORITY) {
                            service.put(Columns.PRIORITY, priority);
                            return;
                        }
                    } catch (NumberFormatException e) {
                        // Told below.
                    }
                    mistakes.add(
                            cell.place(),
                            "priority: expected a whole number from -10 to 10, found "
                                    + Cell.said(cell.value()));
                });
        return service;
    }
}

package org.svgen.lab.study;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.svgen.files.LineJournal;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The runs that are done, a JSON object on a line each. */
final class Journal implements AutoCloseable {
    static final String NAME = "journal.jsonl";
    private static final JsonMapper MAPPER = new JsonMapper();

    private final LineJournal lines;
    private final Map<String, JournalEntry> entries;

    private Journal(LineJournal lines, Map<String, JournalEntry> entries) {
        this.lines = lines;
        this.entries = entries;
    }

    /**
     * Opens the journal of a folder, which is made if need be.
     *
     * @param notes gets a line about runs that cannot be read, which are done again
     * @throws BadInputException if another study is at work there, or the folder is none of a study
     */
    static Journal open(Path folder, Consumer<String> notes) {
        Path file = folder.resolve(NAME);
        Map<String, JournalEntry> entries = new HashMap<>();
        int[] unreadable = {0};
        LineJournal lines =
                LineJournal.open(
                        file,
                        "study",
                        line -> unreadable[0] += take(line, entries),
                        torn ->
                                notes.accept(
                                        torn + ": the last line was torn; that run is done again"));
        if (unreadable[0] > 0) {
            notes.accept(
                    "%s: %d %s of no use here; such runs are done again"
                            .formatted(
                                    file,
                                    unreadable[0],
                                    unreadable[0] == 1 ? "line is" : "lines are"));
        }
        return new Journal(lines, entries);
    }

    /** Returns how many lines were of no use: none or one. */
    private static int take(String line, Map<String, JournalEntry> entries) {
        try {
            JournalEntry entry = MAPPER.readValue(line, JournalEntry.class);
            entries.put(entry.key(), entry);
            return 0;
        } catch (JacksonException | NullPointerException e) {
            return 1; // Damaged, or of a version with other fields.
        }
    }

    Optional<JournalEntry> find(String key) {
        return Optional.ofNullable(entries.get(key));
    }

    /**
     * Keeps a run for good.
     *
     * @throws SvgenException if the disk does not take it
     */
    void append(JournalEntry entry) {
        lines.append(MAPPER.writeValueAsString(entry));
        entries.put(entry.key(), entry);
    }

    @Override
    public void close() {
        lines.close();
    }
}

package org.svgen.cli.batch;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.svgen.files.LineJournal;
import org.svgen.tensor.BadInputException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** What became of each video of a batch, in its folder: the last word on a key counts. */
final class BatchJournal implements AutoCloseable {
    static final String NAME = "batch.jsonl";
    private static final JsonMapper MAPPER = new JsonMapper();

    private final LineJournal lines;
    private final Map<String, Entry> entries;

    /**
     * A video.
     *
     * @param key names it
     * @param state what became of it
     * @param file its name in the folder
     * @param bytes of the file
     * @param seconds that it took
     * @param id of the server's job; empty if it was made here
     * @param attempts that failed
     */
    record Entry(
            String key,
            State state,
            String file,
            long bytes,
            double seconds,
            String id,
            int attempts) {}

    /** What became of a video. */
    enum State {
        SENT,
        DONE,
        FAILED
    }

    private BatchJournal(LineJournal lines, Map<String, Entry> entries) {
        this.lines = lines;
        this.entries = entries;
    }

    /**
     * Opens the journal of a folder, which is made if need be.
     *
     * @param notes gets a line about what cannot be read
     * @throws BadInputException if another batch is at work there, or the folder is none of a batch
     */
    static BatchJournal open(Path folder, Consumer<String> notes) {
        Map<String, Entry> entries = new HashMap<>();
        Path file = folder.resolve(NAME);
        LineJournal lines =
                LineJournal.open(
                        file,
                        "batch",
                        line -> {
                            try {
                                Entry entry = MAPPER.readValue(line, Entry.class);
                                entries.put(entry.key, entry);
                            } catch (JacksonException | NullPointerException e) {
                                notes.accept(
                                        "%s: a line is of no use here; its video is made again"
                                                .formatted(file));
                            }
                        },
                        torn ->
                                notes.accept(
                                        torn
                                                + ": the last line was torn; its video is made again"));
        return new BatchJournal(lines, entries);
    }

    Optional<Entry> find(String key) {
        return Optional.ofNullable(entries.get(key));
    }

    void append(Entry entry) {
        lines.append(MAPPER.writeValueAsString(entry));
        entries.put(entry.key, entry);
    }

    @Override
    public void close() {
        lines.close();
    }
}

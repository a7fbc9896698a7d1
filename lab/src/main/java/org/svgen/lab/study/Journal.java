package org.svgen.lab.study;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.svgen.files.Reasons;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The runs that are done, a JSON object on a line each, in a file that grows by whole lines which
 * are on the disk before the next run begins. A kill can tear the last line alone; the next opening
 * cuts it off. While a journal is open, its file is locked, so that no other study writes into it.
 */
final class Journal implements AutoCloseable {
    static final String NAME = "journal.jsonl";
    private static final JsonMapper MAPPER = new JsonMapper();

    private final Path file;
    private final FileChannel channel;
    private final Map<String, JournalEntry> entries = new HashMap<>();

    private Journal(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Opens the journal of a folder, which is made if need be.
     *
     * @param notes gets a line about runs that cannot be read, which are done again
     * @throws BadInputException if another study is at work there, or the folder is none of a study
     */
    static Journal open(Path folder, Consumer<String> notes) {
        Path file = folder.resolve(NAME);
        FileChannel channel = null;
        try {
            requireOurs(folder, file);
            Files.createDirectories(folder);
            channel =
                    FileChannel.open(
                            file,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
            lock(channel, folder);
            Journal journal = new Journal(file, channel);
            journal.read(notes);
            return journal;
        } catch (IOException e) {
            close(channel);
            throw new BadInputException("cannot write %s: %s".formatted(file, Reasons.of(e)), e);
        } catch (RuntimeException e) {
            close(channel);
            throw e;
        }
    }

    /** Results of a study do not go among other files. */
    private static void requireOurs(Path folder, Path file) throws IOException {
        if (!Files.exists(folder) || Files.exists(file)) {
            return;
        }
        if (!Files.isDirectory(folder)) {
            throw new BadInputException("%s: expected a folder, found a file".formatted(folder));
        }
        try (var files = Files.list(folder)) {
            if (files.findFirst().isPresent()) {
                throw new BadInputException(
                        "%s: expected an empty folder or that of a study, found other files"
                                .formatted(folder));
            }
        }
    }

    private static void lock(FileChannel channel, Path folder) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return;
            }
        } catch (OverlappingFileLockException e) {
            // Another thread of this program has it.
        }
        throw new BadInputException("%s: another study is at work there".formatted(folder));
    }

    private static void close(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // What went wrong before is what counts.
        }
    }

    private void read(Consumer<String> notes) throws IOException {
        byte[] bytes = new byte[Math.toIntExact(channel.size())];
        ByteBuffer all = ByteBuffer.wrap(bytes);
        while (all.hasRemaining() && channel.read(all) >= 0) {}
        int begin = 0;
        int unreadable = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                unreadable += take(new String(bytes, begin, i - begin, StandardCharsets.UTF_8));
                begin = i + 1;
            }
        }
        if (begin < bytes.length) {
            notes.accept("%s: the last line was torn; that run is done again".formatted(file));
            channel.truncate(begin);
            channel.force(true);
        }
        if (unreadable > 0) {
            notes.accept(
                    "%s: %d %s of no use here; such runs are done again"
                            .formatted(
                                    file, unreadable, unreadable == 1 ? "line is" : "lines are"));
        }
    }

    /** Returns how many lines were of no use: none or one. */
    private int take(String line) {
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
        byte[] line = (MAPPER.writeValueAsString(entry) + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            long end = channel.size();
            try {
                ByteBuffer bytes = ByteBuffer.wrap(line);
                while (bytes.hasRemaining()) {
                    channel.write(bytes, end + bytes.position());
                }
                channel.force(true);
            } catch (IOException e) {
                channel.truncate(end);
                throw e;
            }
        } catch (IOException e) {
            throw new SvgenException("cannot write %s: %s".formatted(file, Reasons.of(e)), e);
        }
        entries.put(entry.key(), entry);
    }

    @Override
    public void close() {
        close(channel);
    }
}

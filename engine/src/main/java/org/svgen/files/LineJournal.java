package org.svgen.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;

/**
 * What is done, a line each, in a file that grows by whole lines which are on the disk before
 * {@link #append} returns. A kill can tear the last line alone; the next opening cuts it off. While
 * a journal is open, its file is locked, so that no other process writes into it.
 */
public final class LineJournal implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;

    private LineJournal(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Opens a journal, whose folder is made if need be.
     *
     * @param file of the journal
     * @param owner whose it is, as messages say it: {@code study}
     * @param lines gets what is kept, line by line
     * @param torn gets the file if its last line was torn
     * @return the journal
     * @throws BadInputException if another process has it, or the folder holds other files and no
     *     journal
     */
    public static LineJournal open(
            Path file, String owner, Consumer<String> lines, Consumer<Path> torn) {
        Objects.requireNonNull(owner, "owner");
        Objects.requireNonNull(lines, "lines");
        Objects.requireNonNull(torn, "torn");
        Path folder = file.resolveSibling("");
        FileChannel channel = null;
        try {
            requireOurs(folder, file, owner);
            Files.createDirectories(folder);
            channel =
                    FileChannel.open(
                            file,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
            lock(channel, folder, owner);
            LineJournal journal = new LineJournal(file, channel);
            journal.read(lines, torn);
            return journal;
        } catch (IOException e) {
            close(channel);
            throw new BadInputException("cannot write %s: %s".formatted(file, Reasons.of(e)), e);
        } catch (RuntimeException e) {
            close(channel);
            throw e;
        }
    }

    /** Results do not go among other files. */
    private static void requireOurs(Path folder, Path file, String owner) throws IOException {
        if (!Files.exists(folder) || Files.exists(file)) {
            return;
        }
        if (!Files.isDirectory(folder)) {
            throw new BadInputException("%s: expected a folder, found a file".formatted(folder));
        }
        try (var files = Files.list(folder)) {
            if (files.findFirst().isPresent()) {
                throw new BadInputException(
                        "%s: expected an empty folder or that of a %s, found other files"
                                .formatted(folder, owner));
            }
        }
    }

    private static void lock(FileChannel channel, Path folder, String owner) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return;
            }
        } catch (OverlappingFileLockException e) {
            // Another thread of this program has it.
        }
        throw new BadInputException("%s: another %s is at work there".formatted(folder, owner));
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

    private void read(Consumer<String> lines, Consumer<Path> torn) throws IOException {
        byte[] bytes = new byte[Math.toIntExact(channel.size())];
        ByteBuffer all = ByteBuffer.wrap(bytes);
        while (all.hasRemaining() && channel.read(all) >= 0) {}
        int begin = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                lines.accept(new String(bytes, begin, i - begin, StandardCharsets.UTF_8));
                begin = i + 1;
            }
        }
        if (begin < bytes.length) {
            torn.accept(file);
            channel.truncate(begin);
            channel.force(true);
        }
    }

    /**
     * Keeps a line for good.
     *
     * @param line without line breaks
     * @throws SvgenException if the disk does not take it
     */
    public void append(String line) {
        byte[] text = (line + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            long end = channel.size();
            try {
                ByteBuffer bytes = ByteBuffer.wrap(text);
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
    }

    @Override
    public void close() {
        close(channel);
    }
}

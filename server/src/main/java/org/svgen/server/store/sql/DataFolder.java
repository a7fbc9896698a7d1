package org.svgen.server.store.sql;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.svgen.files.Reasons;
import org.svgen.tensor.BadInputException;

/**
 * A folder that one process uses. The system frees its lock when the process dies, however that
 * comes: who gets it knows that nobody else is at work.
 */
final class DataFolder implements AutoCloseable {
    private static final String NAME = "in-use";

    /** The byte that is locked: behind what is written, which others may read on all systems. */
    private static final long LOCKED = 1 << 20;

    private final Path path;
    private final FileChannel channel;

    private DataFolder(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * Makes it if need be.
     *
     * @throws BadInputException if another process has it, or it cannot be written
     */
    static DataFolder open(Path folder) {
        try {
            Files.createDirectories(folder);
            Path file = folder.resolve(NAME);
            FileChannel channel =
                    FileChannel.open(
                            file,
                            StandardOpenOption.CREATE,
                            StandardOpenOption.READ,
                            StandardOpenOption.WRITE);
            if (lock(channel) == null) {
                channel.close();
                throw new BadInputException(
                        "%s: the data folder is in use by another svgen (process %s): stop that one, or name another folder"
                                .formatted(folder, Files.readString(file).strip()));
            }
            channel.truncate(0);
            String process = ProcessHandle.current().pid() + "\n";
            channel.write(ByteBuffer.wrap(process.getBytes(StandardCharsets.UTF_8)));
            return new DataFolder(folder, channel);
        } catch (IOException e) {
            throw new BadInputException(
                    "%s: it cannot be used as a data folder (%s)".formatted(folder, Reasons.of(e)),
                    e);
        }
    }

    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock(LOCKED, 1, false);
        } catch (OverlappingFileLockException e) {
            return null; // by this process
        }
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // The process's end closes it.
        }
    }
}

package org.svgen.hub;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Keeps everybody else, in this process and others, from working on the same file. */
final class FileGuard implements AutoCloseable {
    private static final long PAUSE_MILLIS = 100;
    private static final int PAUSES_IN_SILENCE = 10;

    // A process has its file locks as a whole, and closing any channel of a file loses them; so who
    // within this JVM may open the file must be settled before, and for the whole JVM.
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final @Nullable FileChannel channel;
    private final boolean exclusive;

    private FileGuard(Path file, @Nullable FileChannel channel, boolean exclusive) {
        this.file = file;
        this.channel = channel;
        this.exclusive = exclusive;
    }

    /**
     * Waits until nobody else holds {@code file}.
     *
     * @param waiting called once if that takes a while
     */
    static FileGuard take(Path file, PullListener listener, Runnable waiting)
            throws InterruptedException {
        for (int pauses = 0; ; pauses++) {
            FileGuard guard = attempt(file.toAbsolutePath().normalize());
            if (guard != null) {
                return guard;
            }
            if (pauses == PAUSES_IN_SILENCE) {
                waiting.run();
            }
            if (listener.cancelled()) {
                throw new PullStoppedException();
            }
            Thread.sleep(PAUSE_MILLIS);
        }
    }

    private static @Nullable FileGuard attempt(Path file) {
        if (!HELD.add(file)) {
            return null;
        }
        FileChannel channel = null;
        try {
            Files.createDirectories(file.resolveSibling("."));
            boolean isNew = Files.notExists(file);
            channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (isNew) {
                letTheGroupLock(file);
            }
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return new FileGuard(file, channel, true);
            }
            release(file, channel);
            return null;
        } catch (IOException e) {
            // Some network file systems have no locks, and some caches belong to somebody else.
            return new FileGuard(file, channel, false);
        }
    }

    /** For caches that a group shares; as huggingface_hub does. */
    private static void letTheGroupLock(Path file) throws IOException {
        try {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
        } catch (UnsupportedOperationException e) {
            // Windows has other means.
        }
    }

    /** False where the file system has no locks: others may be at work, too. */
    boolean exclusive() {
        return exclusive;
    }

    @Override
    public void close() {
        release(file, channel);
    }

    private static void release(Path file, @Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // The lock is gone with the process at the latest.
        } finally {
            HELD.remove(file);
        }
    }
}

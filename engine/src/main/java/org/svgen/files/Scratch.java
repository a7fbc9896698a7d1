package org.svgen.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.StoppedException;

/**
 * A folder for unfinished or temporary things, {@code .NAME.HEX.part}, that only the user may enter
 * and that goes when it is closed or the JVM ends. What a killed process leaves, the next one that
 * makes a scratch in the same folder removes: a file in it, {@code lock}, is locked for as long as
 * its process lives.
 */
public final class Scratch implements AutoCloseable {
    static final Pattern NAME = Pattern.compile("\\..*\\.[0-9a-f]{16}\\.part");
    static final String LOCK = "lock";
    private static final int MAX_NAME_CODE_POINTS = 50; // so that NAME stays below 255 bytes
    private static final int ATTEMPTS = 20;

    // A process has its file locks as a whole, and closing any channel of a file loses them; so
    // nobody in this JVM may open the lock of a scratch that this JVM holds.
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel lock;
    private final Thread atExit = new Thread(this::removeAtExit);
    private volatile boolean ended;
    private boolean removed;

    private Scratch(Path path, FileChannel lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * Makes a scratch.
     *
     * @param folder where the scratch will lie; others' leftovers in it are removed
     * @param name says to people whose it is
     * @return the scratch, empty but for its lock
     * @throws IOException if the folder is not there or takes nothing
     * @throws StoppedException if the JVM is ending
     */
    public static Scratch in(Path folder, String name) throws IOException {
        Path real = folder.toRealPath();
        for (int attempt = 1; ; attempt++) {
            Path path = real.resolve(nameOf(name));
            try {
                HELD.add(path); // before others can see the folder
                Files.createDirectory(path, forTheUser(path));
                Scratch scratch = new Scratch(path, lock(path));
                scratch.removeWithTheJvm();
                Leftovers.remove(real, path);
                return scratch;
            } catch (FileAlreadyExistsException | NoSuchFileException e) {
                // Somebody has that number, or took the folder for a leftover before it was locked.
                HELD.remove(path);
                if (attempt == ATTEMPTS || !Files.isDirectory(real)) {
                    throw e;
                }
            } catch (IOException e) {
                HELD.remove(path);
                Leftovers.emptyOut(path);
                throw e;
            }
        }
    }

    /** No other user may see what is unfinished, or put anything beside it. */
    private static FileAttribute<?>[] forTheUser(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[] {};
    }

    static Scratch beside(Path out) throws IOException {
        Path target = out.toAbsolutePath();
        Path folder = target.getParent();
        if (folder == null) {
            throw new NoSuchFileException(out.toString());
        }
        return in(folder, String.valueOf(target.getFileName()));
    }

    private static String nameOf(String name) {
        String begin =
                name.codePoints()
                        .limit(MAX_NAME_CODE_POINTS)
                        .collect(
                                StringBuilder::new,
                                StringBuilder::appendCodePoint,
                                StringBuilder::append)
                        .toString();
        return ".%s.%016x.part".formatted(begin, UUID.randomUUID().getMostSignificantBits());
    }

    /**
     * @throws NoSuchFileException if the folder is taken for a leftover
     */
    private static FileChannel lock(Path path) throws IOException {
        Path file = path.resolve(LOCK);
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() == null) {
                channel.close();
                throw new NoSuchFileException(file.toString());
            }
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            // Some network file systems have no locks. Then nobody can remove leftovers either.
        }
        if (Files.notExists(file, LinkOption.NOFOLLOW_LINKS)) {
            channel.close();
            throw new NoSuchFileException(file.toString());
        }
        return channel;
    }

    private void removeWithTheJvm() {
        try {
            Runtime.getRuntime().addShutdownHook(atExit);
        } catch (IllegalStateException e) {
            remove();
            throw new StoppedException("stopped, nothing was written");
        }
    }

    /** True if this JVM is at work in that folder. */
    static boolean isHeld(Path path) {
        return HELD.contains(path);
    }

    /** True if the JVM's end has removed what was being written. */
    static boolean lostToTheEnd(@Nullable Scratch scratch) {
        return scratch != null && scratch.ended;
    }

    /**
     * {@return the folder; all names in it but {@code lock} and those with {@code old} are free}
     */
    public Path path() {
        return path;
    }

    private void removeAtExit() {
        ended = true;
        remove();
    }

    @Override
    public void close() {
        remove();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The JVM is ending: the hook runs, and finds nothing left.
        }
    }

    private synchronized void remove() {
        if (removed) {
            return;
        }
        removed = true;
        try {
            Leftovers.empty(path);
            lock.close();
            Leftovers.emptyOut(path);
        } catch (IOException e) {
            System.getLogger(Scratch.class.getName())
                    .log(System.Logger.Level.WARNING, "left behind: " + path, e);
        } finally {
            HELD.remove(path);
        }
    }
}

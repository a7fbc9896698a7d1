package org.svgen.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.UserPrincipal;
import java.util.Comparator;
import java.util.stream.Stream;
import org.svgen.tensor.BadInputException;

/**
 * A folder of the user's own that is gone when it is closed, or when the JVM ends. One that a
 * killed process left is removed by the next: a lock tells which are still in use.
 */
final class Scratch implements AutoCloseable {
    private static final String PREFIX = "svgen-plan-";
    private static final String LOCK = "in-use";

    private final Path folder;
    private final FileChannel lock;
    private final Thread atExit = new Thread(this::delete);

    private Scratch(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /**
     * @param parent where temporary files go
     * @throws BadInputException if nothing can be written there
     */
    static Scratch in(Path parent) {
        try {
            Path folder = Files.createTempDirectory(parent, PREFIX);
            sweep(parent, folder);
            FileChannel lock =
                    FileChannel.open(
                            folder.resolve(LOCK),
                            StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.WRITE);
            Scratch scratch = new Scratch(folder, lock);
            Runtime.getRuntime().addShutdownHook(scratch.atExit);
            boolean _ = lock.tryLock() != null; // without locks, nobody sweeps either
            return scratch;
        } catch (IOException e) {
            throw new BadInputException(
                    "cannot write to %s, the folder for temporary files: %s"
                            .formatted(parent, Reasons.of(e)),
                    e);
        } catch (IllegalStateException e) {
            throw new PullStoppedException(); // the JVM ends
        }
    }

    Path folder() {
        return folder;
    }

    private static void sweep(Path parent, Path own) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(parent, PREFIX + "*")) {
            UserPrincipal user = Files.getOwner(own);
            for (Path other : all) {
                if (Files.isDirectory(other, LinkOption.NOFOLLOW_LINKS)
                        && !other.equals(own)
                        && Files.getOwner(other, LinkOption.NOFOLLOW_LINKS).equals(user)
                        && isLeft(other.resolve(LOCK))) {
                    delete(other);
                }
            }
        } catch (IOException | RuntimeException e) {
            // What cannot be removed stays; it is small.
        }
    }

    /** True if there is a lock file, and nobody who holds it. */
    private static boolean isLeft(Path lock) {
        try (FileChannel channel =
                FileChannel.open(lock, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            return channel.tryLock() != null;
        } catch (IOException | OverlappingFileLockException e) {
            return false;
        }
    }

    private void delete() {
        try {
            lock.close();
            delete(folder);
        } catch (IOException | UncheckedIOException e) {
            // The next one sweeps.
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    @Override
    public void close() {
        delete();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The JVM is ending: the hook runs, and finds nothing left.
        }
    }
}

package org.svgen.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** What is in a {@link Scratch}, and how it goes: its own, and those of processes that died. */
final class Leftovers {
    /** Folders in a scratch whose names begin so hold what was moved aside for the new. */
    static final String OLD = "old";

    private static final int ATTEMPTS = 20;

    private Leftovers() {}

    /**
     * Removes the scratches in {@code folder} whose processes are gone. What cannot be removed is
     * left alone: it is none of the caller's.
     *
     * @param own belongs to the user for whom we work; others' are not touched
     */
    static void remove(Path folder, Path own) {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, Leftovers::isScratch)) {
            for (Path path : found) {
                if (!Scratch.isHeld(path) && sameOwner(path, own)) {
                    removeIfDead(path);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // A folder that takes files and does not list them.
        }
    }

    private static boolean isScratch(Path path) {
        return Scratch.NAME.matcher(String.valueOf(path.getFileName())).matches()
                && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static boolean sameOwner(Path a, Path b) throws IOException {
        try {
            return Files.getOwner(a, LinkOption.NOFOLLOW_LINKS)
                    .equals(Files.getOwner(b, LinkOption.NOFOLLOW_LINKS));
        } catch (UnsupportedOperationException e) {
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /**
     * The lock's name goes while it is held. Whoever locks that file afterwards finds that it has
     * no name any more, and takes another folder ({@link Scratch}).
     */
    private static void removeIfDead(Path path) {
        try {
            Path file = path.resolve(Scratch.LOCK);
            try (FileChannel lock =
                    FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
                if (lock.tryLock() == null) {
                    return;
                }
                empty(path);
                Files.deleteIfExists(file);
            } catch (NoSuchFileException e) {
                // Killed before it was locked, or after it was emptied; or about to be locked, and
                // then the folder is not empty any more and stays.
            }
            Files.deleteIfExists(path);
        } catch (IOException | OverlappingFileLockException e) {
            // It is alive, or not ours to remove.
        }
    }

    /** Removes all but the lock, which must go last; before, puts back what has lost its place. */
    static void empty(Path scratch) throws IOException {
        try (DirectoryStream<Path> inside = Files.newDirectoryStream(scratch)) {
            for (Path path : inside) {
                String name = String.valueOf(path.getFileName());
                if (name.startsWith(OLD)) {
                    putBack(path, scratch.resolveSibling(""));
                }
                if (!name.equals(Scratch.LOCK)) {
                    Disk.delete(path);
                }
            }
        } catch (NoSuchFileException | DirectoryIteratorException e) {
            // Somebody else is at it.
        }
    }

    /** An old folder comes back if its run ended between moving it aside and placing the new. */
    private static void putBack(Path aside, Path folder) throws IOException {
        try (DirectoryStream<Path> old = Files.newDirectoryStream(aside)) {
            for (Path path : old) {
                putWhereNothingIs(path, folder.resolve(String.valueOf(path.getFileName())));
            }
        }
    }

    /** Another run may be faster: then its folder is the newer. */
    private static void putWhereNothingIs(Path path, Path place) throws IOException {
        for (int attempt = 1; Files.notExists(place, LinkOption.NOFOLLOW_LINKS); attempt++) {
            try {
                Files.move(path, place, StandardCopyOption.ATOMIC_MOVE);
                return;
            } catch (IOException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** Removes a scratch that holds at most its lock. */
    static void emptyOut(Path scratch) throws IOException {
        Files.deleteIfExists(scratch.resolve(Scratch.LOCK));
        Files.deleteIfExists(scratch);
    }
}

package org.svgen.files;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Puts what is whole in its place, at once. */
final class Publication {
    private static final int ATTEMPTS = 100;

    /** {@link Exchange#swap}, or what tests put there. */
    @FunctionalInterface
    interface Swap {
        boolean swap(Path one, Path other);
    }

    private Publication() {}

    /** In place of what is there. */
    static Path replace(Scratch scratch, Path whole, Path out) throws IOException {
        Path target = out.toAbsolutePath();
        if (Files.isDirectory(whole)) {
            replaceFolder(scratch, whole, target, Exchange::swap);
        } else {
            Files.move(whole, target, StandardCopyOption.ATOMIC_MOVE);
        }
        Disk.flushNames(target.resolveSibling(""));
        return out;
    }

    /**
     * A folder cannot take the place of another that holds files, so the two are exchanged: the old
     * one then lies in the scratch, and goes with it. Another run may be as fast: again.
     */
    static void replaceFolder(Scratch scratch, Path whole, Path target, Swap swap)
            throws IOException {
        for (int attempt = 1; ; attempt++) {
            if (Files.isDirectory(target)) {
                if (swap.swap(whole, target)) {
                    return;
                }
                moveAside(target, scratch.path().resolve(Leftovers.OLD + attempt));
            }
            try {
                Files.move(whole, target, StandardCopyOption.ATOMIC_MOVE);
                return;
            } catch (IOException e) {
                // Where a folder was, there may be none by now, and another one soon.
                if (attempt == ATTEMPTS || isOtherThanAFolder(target)) {
                    throw e;
                }
            }
        }
    }

    private static boolean isOtherThanAFolder(Path target) {
        return Files.exists(target, LinkOption.NOFOLLOW_LINKS)
                && !Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS);
    }

    /**
     * Where folders cannot be exchanged, there is none for a moment. The scratch puts the old one
     * back if the run ends in that moment.
     */
    private static void moveAside(Path target, Path aside) throws IOException {
        Files.createDirectory(aside);
        try {
            Files.move(target, aside.resolve(target.getFileName()), StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            // Another run moved it.
        } catch (AtomicMoveNotSupportedException e) {
            // It comes from another layer of a container's file system, which cannot be moved.
            Disk.delete(target);
        }
    }

    /**
     * Under the first number that is free. A link is made only where nothing is, so that of two
     * runs each gets a number of its own.
     */
    static Path number(Path whole, Place.Numbered place) throws IOException {
        for (int number = 1; ; number++) {
            Path out = place.path(number);
            if (Files.exists(out, LinkOption.NOFOLLOW_LINKS)) {
                continue;
            }
            try {
                putWhereNothingIs(whole, out.toAbsolutePath());
                Disk.flushNames(out.toAbsolutePath().resolveSibling(""));
                return out;
            } catch (FileAlreadyExistsException e) {
                // Another run was faster.
            }
        }
    }

    private static void putWhereNothingIs(Path whole, Path target) throws IOException {
        try {
            Files.createLink(target, whole);
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (IOException | UnsupportedOperationException e) {
            // A file system without links: an empty file keeps the place for a moment.
            Files.createFile(target);
            Files.move(whole, target, StandardCopyOption.ATOMIC_MOVE);
        }
    }
}

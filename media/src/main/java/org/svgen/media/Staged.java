package org.svgen.media;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.CancelledException;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;

/**
 * Output that appears whole or not at all: it is written under a temporary name in the folder where
 * it shall lie and moved at the end. A failure, and the end of the JVM, remove what was begun.
 */
public final class Staged {
    private static final int NEARLY_NOTHING = 1 << 16;

    private Staged() {}

    /** Fills the temporary file or folder whose name it is given; nothing exists there yet. */
    @FunctionalInterface
    public interface Content {
        /**
         * Writes the whole file.
         *
         * @param temporary the file to write
         * @throws IOException if the disk does not take it
         */
        void write(Path temporary) throws IOException;
    }

    /**
     * Writes {@code out}, replacing what was there.
     *
     * @param out the file
     * @param content writes the temporary file
     * @throws SvgenException if the disk does not take it; a {@link BadInputException} if it is
     *     full
     * @throws CancelledException if the JVM is ending
     */
    public static void write(Path out, Content content) {
        Path target = out.toAbsolutePath().normalize();
        Path temporary = temporaryFor(target);
        Thread atExit = new Thread(() -> delete(temporary));
        try {
            Runtime.getRuntime().addShutdownHook(atExit);
        } catch (IllegalStateException e) {
            throw new CancelledException();
        }
        try {
            content.write(temporary);
            move(temporary, target);
        } catch (IOException e) {
            if (isFull(e, temporary)) {
                throw new BadInputException(
                        "cannot write %s: no space left on its disk".formatted(out), e);
            }
            throw new SvgenException("cannot write %s: %s".formatted(out, reason(e)), e);
        } finally {
            delete(temporary);
            forget(atExit);
        }
    }

    /**
     * Says now what {@link #write} would fail on later.
     *
     * @param out the file
     * @throws BadInputException if the folder for {@code out} is missing or takes no files, or if a
     *     folder lies where a file shall be
     */
    public static void checkFile(Path out) {
        if (Files.isDirectory(out)) {
            throw new BadInputException(
                    "cannot write %s: expected a file name, found a folder".formatted(out));
        }
        checkParent(out);
    }

    static void checkParent(Path out) {
        Path target = out.toAbsolutePath().normalize();
        Path folder = target.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new BadInputException(
                    "cannot write %s: there is no folder %s".formatted(out, folder));
        }
        try {
            Path probe = temporaryFor(target);
            Files.createFile(probe);
            Files.delete(probe);
        } catch (IOException e) {
            throw new BadInputException("cannot write %s: %s".formatted(out, reason(e)), e);
        }
    }

    private static Path temporaryFor(Path target) {
        String name = target.getFileName().toString();
        return target.resolveSibling(
                ".%s.%s.part".formatted(name, Long.toHexString(System.nanoTime())));
    }

    private static void move(Path from, Path to) throws IOException {
        if (Files.isDirectory(to)) {
            delete(to);
        }
        try {
            Files.move(
                    from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Encoders hide the reason in a cause, or behind a number of their own. */
    private static boolean isFull(IOException e, Path file) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (String.valueOf(cause.getMessage()).contains("No space left")) {
                return true;
            }
        }
        try {
            return Files.getFileStore(file.resolveSibling("")).getUsableSpace() < NEARLY_NOTHING;
        } catch (IOException unknown) {
            return false;
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "the folder takes no files";
            case FileSystemException f when f.getReason() != null -> f.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }

    private static void forget(Thread atExit) {
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The JVM is ending: the hook runs, and finds nothing left.
        }
    }

    private static void delete(Path path) {
        if (!Files.exists(path)) {
            return;
        }
        try {
            Files.walkFileTree(
                    path,
                    new SimpleFileVisitor<>() {
                        @Override
                        public FileVisitResult visitFile(Path file, BasicFileAttributes a)
                                throws IOException {
                            Files.delete(file);
                            return FileVisitResult.CONTINUE;
                        }

                        @Override
                        public FileVisitResult postVisitDirectory(
                                Path folder, @Nullable IOException e) throws IOException {
                            Files.delete(folder);
                            return FileVisitResult.CONTINUE;
                        }
                    });
        } catch (IOException e) {
            System.getLogger(Staged.class.getName())
                    .log(System.Logger.Level.WARNING, "left behind: " + path, e);
        }
    }
}

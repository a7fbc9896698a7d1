package org.svgen.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.StoppedException;
import org.svgen.tensor.SvgenException;

/**
 * Output that appears whole or not at all: it is written into a {@link Scratch} beside the place
 * where it will lie, flushed to the disk, and moved. A failure, the end of the JVM and a power cut
 * leave what was there before.
 */
public final class Staged {
    private Staged() {}

    /**
     * Fills the temporary file or folder whose name it is given, where nothing is yet, and checks
     * that it reads back.
     */
    @FunctionalInterface
    public interface Content {
        /**
         * Writes and checks.
         *
         * @param temporary name of the file or folder
         * @throws IOException if that fails
         */
        void write(Path temporary) throws IOException;
    }

    /**
     * Writes {@code out}, replacing what was there.
     *
     * @param out the file or folder
     * @param content of it
     * @throws SvgenException if the disk does not take it; a {@link BadInputException} if it is
     *     full, or the place takes no files
     * @throws StoppedException if the JVM is ending, or the thread is interrupted
     */
    public static void write(Path out, Content content) {
        write(new Place.Named(out), content);
    }

    /**
     * Writes to {@code place}.
     *
     * @param place where the output goes
     * @param content of it
     * @return the file or folder that was written
     * @throws SvgenException as the other {@code write}
     */
    public static Path write(Place place, Content content) {
        Path out = place.path();
        Scratch scratch = null;
        try {
            scratch = Scratch.beside(out);
            Path whole = scratch.path().resolve("new");
            content.write(whole);
            Disk.flush(whole);
            return switch (place) {
                case Place.Named named -> Publication.replace(scratch, whole, named.path());
                case Place.Numbered numbered -> Publication.number(whole, numbered);
            };
        } catch (IOException e) {
            if (Scratch.lostToTheEnd(scratch)) {
                throw new StoppedException("stopped, nothing was written");
            }
            throw WriteFailure.of(out, e);
        } finally {
            if (scratch != null) {
                scratch.close();
            }
        }
    }

    /**
     * Says now what {@link #write(Path, Content)} would fail on later.
     *
     * @param out the file
     * @throws BadInputException if the folder for {@code out} is missing or takes no files, or if a
     *     folder lies where a file must be
     */
    public static void checkFile(Path out) {
        if (Files.isDirectory(out)) {
            throw new BadInputException(
                    "cannot write %s: expected a file name, found a folder".formatted(out));
        }
        checkParent(out);
    }

    /**
     * The same, for a file or a folder.
     *
     * @param out the file or folder
     * @throws BadInputException if the folder for {@code out} is missing or takes nothing, or not
     *     this name
     */
    public static void checkParent(Path out) {
        try {
            Scratch.beside(out).close();
            requireName(out);
        } catch (IOException e) {
            throw new BadInputException(WriteFailure.line(out, e), e);
        }
    }

    /** The scratch has a name of its own, so that of {@code out} may still be too long. */
    private static void requireName(Path out) throws IOException {
        try {
            Files.readAttributes(out, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            // As it should be.
        }
    }
}

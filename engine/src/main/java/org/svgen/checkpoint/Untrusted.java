package org.svgen.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.svgen.files.Reasons;
import org.svgen.tensor.BadInputException;

/** Handling of files that nobody vouches for, and of what they say. */
public final class Untrusted {
    private static final int MAX_SHOWN_CHARACTERS = 120;

    private Untrusted() {}

    /**
     * Ends where there is no such file.
     *
     * @param file the file
     * @throws BadInputException if {@code file} does not exist or is not a regular file
     */
    public static void requireFile(Path file) {
        if (!Files.isRegularFile(file)) {
            String found = Files.exists(file) ? "not a file" : "there is no such file";
            throw new BadInputException("%s: %s".formatted(file, found));
        }
    }

    /**
     * {@return the whole of {@code file}}
     *
     * @param file the file
     * @param limit the most bytes that such a file may have
     * @throws BadInputException if it is missing, larger, cannot be read or is not itself but a Git
     *     LFS pointer or a web page
     */
    public static byte[] bytes(Path file, int limit) {
        requireFile(file);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(limit + 1);
            if (bytes.length > limit) {
                throw new BadInputException(
                        "%s: larger than %d bytes, the most that such a file may have"
                                .formatted(file, limit));
            }
            ForeignFile.refuse(file, bytes);
            return bytes;
        } catch (IOException e) {
            throw cannotRead(file, e);
        }
    }

    /**
     * The files that lie directly in {@code folder}, links followed, sorted; none if there is no
     * such folder.
     *
     * @throws BadInputException if it cannot be read
     */
    static List<Path> filesIn(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException | UncheckedIOException e) {
            throw cannotRead(folder, e);
        }
    }

    /**
     * That {@code path} cannot be read, and why.
     *
     * @param path the file or folder
     * @param e what went wrong
     * @return the error, to throw
     */
    public static BadInputException cannotRead(Path path, Exception e) {
        return new BadInputException("%s: cannot be read: %s".formatted(path, Reasons.of(e)), e);
    }

    /**
     * {@return {@code text} in quotes, on one line and of bearable length}
     *
     * @param text the text
     */
    public static String quoted(String text) {
        return '"' + oneLine(text) + '"';
    }

    /**
     * {@return {@code text} on one line and of bearable length, for a message}
     *
     * @param text the text
     */
    public static String oneLine(String text) {
        String cut =
                text.length() <= MAX_SHOWN_CHARACTERS
                        ? text
                        : text.substring(0, MAX_SHOWN_CHARACTERS) + "...";
        return cut.replaceAll("\\R|\\p{Cntrl}", " ");
    }
}

package org.svgen.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.svgen.tensor.BadInputException;

/** Handling of files that nobody vouches for, and of what they say. */
public final class Untrusted {
    private static final int LONGEST_SHOWN = 120;

    private Untrusted() {}

    /**
     * @throws BadInputException if {@code file} does not exist or is not a regular file
     */
    public static void requireFile(Path file) {
        if (!Files.isRegularFile(file)) {
            String found = Files.exists(file) ? "not a file" : "there is no such file";
            throw new BadInputException("%s: %s".formatted(file, found));
        }
    }

    /**
     * The whole of {@code file}.
     *
     * @param limit the most bytes that such a file may have
     * @throws BadInputException if it is missing, larger or cannot be read
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
            return bytes;
        } catch (IOException e) {
            throw new BadInputException(
                    "%s: cannot be read: %s".formatted(file, e.getMessage()), e);
        }
    }

    /** {@code text} in quotes, on one line and of bearable length. */
    public static String quoted(String text) {
        return '"' + oneLine(text) + '"';
    }

    /** {@code text} on one line and of bearable length, for a message. */
    public static String oneLine(String text) {
        String cut =
                text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "...";
        return cut.replaceAll("\\R|\\p{Cntrl}", " ");
    }
}

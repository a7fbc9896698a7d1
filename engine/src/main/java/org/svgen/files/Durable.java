package org.svgen.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;

/**
 * A file that is written again and again by one process, each time whole or not at all: into {@code
 * NAME.tmp}, flushed to the disk, and moved. Other than {@link Staged} this works while the JVM
 * ends. What a process that was killed left is overwritten by the next.
 */
public final class Durable {
    private Durable() {}

    /**
     * Writes {@code out}, replacing what was there.
     *
     * @param out the file
     * @param content of it
     * @throws SvgenException if the disk does not take it; a {@link BadInputException} if it is
     *     full, or the place takes no files. Then nothing new is there
     */
    public static void write(Path out, Staged.Content content) {
        Path temporary = temporary(out);
        try {
            Files.deleteIfExists(temporary);
            content.write(temporary);
            Disk.flush(temporary);
            Files.move(temporary, out, StandardCopyOption.ATOMIC_MOVE);
            Disk.flushNames(out.toAbsolutePath().resolveSibling(""));
        } catch (IOException e) {
            throw WriteFailure.of(out, e);
        } finally {
            drop(temporary);
        }
    }

    /**
     * Removes {@code out}, and what a process that was killed left of it.
     *
     * @param out the file, which may be missing
     * @throws SvgenException if that fails
     */
    public static void remove(Path out) {
        drop(temporary(out));
        try {
            Files.deleteIfExists(out);
            Disk.flushNames(out.toAbsolutePath().resolveSibling(""));
        } catch (IOException e) {
            throw new SvgenException("cannot remove %s: %s".formatted(out, Reasons.of(e)), e);
        }
    }

    private static Path temporary(Path out) {
        return out.resolveSibling(out.getFileName() + ".tmp");
    }

    private static void drop(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            // The next one overwrites it.
        }
    }
}

package org.svgen.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.SvgenException;

/**
 * A file as it was when it was mapped into memory. What is read there later is what the file has
 * become by then, and beyond a new end nothing can be read at all.
 *
 * @param path its name
 * @param size in bytes
 * @param written when it was written last
 * @param key of the file itself, whatever names it; null where the system has none
 */
public record MappedFile(Path path, long size, FileTime written, @Nullable Object key) {
    /**
     * {@return a file as it is now}
     *
     * @param path its name
     * @throws IOException if there is none
     */
    public static MappedFile of(Path path) throws IOException {
        BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
        return new MappedFile(path, now.size(), now.lastModifiedTime(), now.fileKey());
    }

    /**
     * {@return what happened to the file since, in words that follow on its name} A file that took
     * its name, or none, leaves what was mapped as it is.
     */
    public Optional<String> change() {
        try {
            MappedFile now = of(path);
            if (!Objects.equals(key, now.key) || now.size == size && now.written.equals(written)) {
                return Optional.empty();
            }
            return Optional.of(
                    now.size < size
                            ? "was cut from %d to %d bytes".formatted(size, now.size)
                            : "was written to");
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /**
     * Holds the file's name to mean this file still.
     *
     * @throws SvgenException if it is gone, or another took its name
     */
    public void requireInPlace() {
        if (!isInPlace()) {
            throw new SvgenException(path + " was removed or replaced while it was in use");
        }
    }

    private boolean isInPlace() {
        try {
            return Objects.equals(key, of(path).key);
        } catch (IOException e) {
            return false;
        }
    }
}

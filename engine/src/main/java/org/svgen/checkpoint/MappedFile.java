package org.svgen.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file as it was when it was mapped into memory. What is read there later is what the file has
 * become by then, and beyond a new end nothing can be read at all.
 *
 * @param key of the file itself, whatever names it; null where the system has none
 */
record MappedFile(Path path, long size, FileTime written, @Nullable Object key) {
    static MappedFile of(Path path) throws IOException {
        BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
        return new MappedFile(path, now.size(), now.lastModifiedTime(), now.fileKey());
    }

    /**
     * What happened to the file since, in words that follow on its name. A file that took its name,
     * or none, leaves what was mapped as it is.
     */
    Optional<String> change() {
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

    /** True if its name still means this file. */
    boolean isInPlace() {
        try {
            return Objects.equals(key, of(path).key);
        } catch (IOException e) {
            return false;
        }
    }
}

package org.svgen.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * What DJL was unpacking when it was killed. It unpacks under a name for once, and gives what is
 * whole its name in the end.
 */
final class HalfUnpacked {
    /**
     * As {@code createTempFile} and {@code createTempDirectory} of its {@code LibUtils} name it.
     */
    private static final String NAMES = "{jni*tmp,tmp*}";

    /** Unpacking takes a second, so nobody is at work on what is older. */
    private static final Duration OLD = Duration.ofHours(1);

    private HalfUnpacked() {}

    /**
     * @param djl its cache, with a folder for each of its libraries
     */
    static void delete(Path djl) {
        Instant limit = Instant.now().minus(OLD);
        try (DirectoryStream<Path> libraries = Files.newDirectoryStream(djl)) {
            for (Path library : libraries) {
                if (Files.isDirectory(library, LinkOption.NOFOLLOW_LINKS)) {
                    deleteIn(library, limit);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // There is nothing yet, or it stays.
        }
    }

    private static void deleteIn(Path library, Instant limit) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(library, NAMES)) {
            for (Path path : left) {
                if (Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS)
                        .toInstant()
                        .isBefore(limit)) {
                    deleteAll(path);
                }
            }
        }
    }

    private static void deleteAll(Path path) throws IOException {
        try (Stream<Path> all = Files.walk(path)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}

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
 * What libraries had unpacked for a process alone that was killed. DJL unpacks under a name for
 * once, and gives what is whole its name in the end. SQLite's driver unpacks in each process, and
 * deletes it at that one's end; where it is loaded, systems keep what is deleted until then, or
 * refuse to.
 */
final class LeftUnpacked {
    /**
     * As {@code createTempFile} and {@code createTempDirectory} of its {@code LibUtils} name it.
     */
    private static final String OF_DJL = "{jni*tmp,tmp*}";

    /** As {@code SQLiteJDBCLoader} names it, and the mark beside it. */
    private static final String OF_SQLITE = "sqlite-*";

    /** Unpacking takes a second, so nobody is at work on what is older. */
    private static final Duration OLD = Duration.ofHours(1);

    /** One small file takes less; a service may be killed again and again. */
    private static final Duration OLD_OF_SQLITE = Duration.ofMinutes(1);

    private LeftUnpacked() {}

    /**
     * @param djl its cache, with a folder for each of its libraries
     */
    static void deleteOfDjl(Path djl) {
        Instant limit = Instant.now().minus(OLD);
        try (DirectoryStream<Path> libraries = Files.newDirectoryStream(djl)) {
            for (Path library : libraries) {
                if (Files.isDirectory(library, LinkOption.NOFOLLOW_LINKS)) {
                    deleteIn(library, OF_DJL, limit);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // There is nothing yet, or it stays.
        }
    }

    /**
     * @param sqlite the folder where its driver unpacks
     */
    static void deleteOfSqlite(Path sqlite) {
        try {
            deleteIn(sqlite, OF_SQLITE, Instant.now().minus(OLD_OF_SQLITE));
        } catch (IOException | DirectoryIteratorException e) {
            // There is nothing yet, or it stays.
        }
    }

    private static void deleteIn(Path folder, String names, Instant limit) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, names)) {
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

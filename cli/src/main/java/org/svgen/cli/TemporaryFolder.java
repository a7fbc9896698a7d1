package org.svgen.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A folder that only the user may enter, deleted at the JVM's end; or, if that was killed, by the
 * next that makes one. A lock tells whether it is still in use.
 */
final class TemporaryFolder {
    private static final String PREFIX = "svgen-native";
    private static final String LOCK = "lock";

    private TemporaryFolder() {}

    /**
     * @param place where to make it
     */
    static Path make(Path place) throws IOException {
        Path made = Files.createTempDirectory(place, PREFIX);
        FileChannel channel =
                FileChannel.open(
                        made.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        channel.lock();
        clean(place, made);
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> {
                            close(channel);
                            delete(made);
                        }));
        return made;
    }

    /** Deletes what killed runs of the same user left beside {@code made}. */
    private static void clean(Path place, Path made) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(place, PREFIX + "*")) {
            for (Path folder : all) {
                boolean ours =
                        Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS)
                                .equals(Files.getOwner(made));
                if (ours && !folder.equals(made) && isUnused(folder.resolve(LOCK))) {
                    delete(folder);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // Another run may be luckier.
        }
    }

    private static boolean isUnused(Path lock) {
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
                FileLock held = channel.tryLock()) {
            return held != null;
        } catch (IOException | OverlappingFileLockException e) {
            return false;
        }
    }

    private static void close(FileChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // It ends with the process.
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            // It lies where the system clears up.
        }
    }
}

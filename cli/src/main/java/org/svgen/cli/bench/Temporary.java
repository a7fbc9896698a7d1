package org.svgen.cli.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.svgen.pipeline.CancelledException;

/** A file or folder that is gone when it is closed, or when the JVM ends. */
final class Temporary implements AutoCloseable {
    private final Path path;
    private final Thread atExit = new Thread(this::delete);

    private Temporary(Path path) {
        this.path = path;
        try {
            Runtime.getRuntime().addShutdownHook(atExit);
        } catch (IllegalStateException e) {
            delete();
            throw new CancelledException();
        }
    }

    static Temporary file(Path folder, String prefix, String suffix) throws IOException {
        return new Temporary(Files.createTempFile(folder, prefix, suffix));
    }

    static Temporary folder(String prefix) throws IOException {
        return new Temporary(Files.createTempDirectory(prefix));
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        delete();
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            // The JVM is ending: the hook runs, and finds nothing left.
        }
    }

    private synchronized void delete() {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> all = Files.walk(path)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

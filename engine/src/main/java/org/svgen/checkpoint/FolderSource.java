package org.svgen.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.svgen.tensor.BadInputException;

/** The files of a folder, links followed; a link that leads nowhere is no file. */
final class FolderSource implements ModelFiles.Source {
    /** A component's folder and what is directly in it. */
    private static final int DEPTH = 2;

    private final Path folder;
    private final Set<String> names;

    FolderSource(Path folder) {
        this.folder = folder;
        this.names = list(folder);
    }

    private static Set<String> list(Path folder) {
        Set<String> names = new TreeSet<>();
        if (!Files.isDirectory(folder)) {
            return names;
        }
        try (Stream<Path> files = Files.walk(folder, DEPTH, FileVisitOption.FOLLOW_LINKS)) {
            files.filter(Files::isRegularFile)
                    .map(f -> folder.relativize(f).toString().replace('\\', '/'))
                    .forEach(names::add);
            return names;
        } catch (IOException | UncheckedIOException e) {
            throw new BadInputException(
                    "%s: cannot be read: %s".formatted(folder, e.getMessage()), e);
        }
    }

    @Override
    public Path place() {
        return folder;
    }

    @Override
    public Set<String> names() {
        return names;
    }

    @Override
    public byte[] read(String name) {
        return Untrusted.bytes(folder.resolve(name), SafeTensors.MAX_HEADER_BYTES);
    }
}

package org.svgen.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.svgen.testkit.Goldens;

/** Copies of small models, to be changed. */
final class TinyModel {
    private TinyModel() {}

    /** The model {@code name} as its pipeline reads it, without its goldens. */
    static Path copy(String name, Path to) throws IOException {
        Path from = Goldens.folder(name);
        try (var files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path inside = from.relativize(file);
                if (!inside.startsWith("golden")) {
                    Path target = to.resolve(inside.toString());
                    Files.createDirectories(target.resolveSibling("."));
                    Files.copy(file, target);
                }
            }
        }
        return to;
    }
}

package org.svgen.models;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.svgen.testkit.Goldens;

/** Models to be damaged. */
public final class ModelCopy {
    private ModelCopy() {}

    /** Copies {@code model}, {@code demo} or a golden, into {@code folder}. */
    public static void to(Path folder, String model) throws IOException {
        Path from = model.equals("demo") ? Path.of("../models/demo") : Goldens.folder(model);
        try (var files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = folder.resolve(from.relativize(file).toString());
                Files.createDirectories(to.resolveSibling("."));
                Files.copy(file, to);
            }
        }
    }

    /** Replaces a part of a text file, which must be there. */
    public static void replace(Path file, String part, String by) throws IOException {
        String text = Files.readString(file);
        assertThat(text).contains(part);
        Files.writeString(file, text.replace(part, by));
    }
}

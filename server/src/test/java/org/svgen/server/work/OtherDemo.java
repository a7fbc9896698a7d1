package org.svgen.server.work;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The demo model with small videos by default, and without what services learned of it. */
final class OtherDemo {
    private OtherDemo() {}

    static ModelSource in(Path folder) throws IOException {
        Files.createDirectories(folder);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Factory.DEMO)) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                switch (name) {
                    case ColourBook.FILE -> {}
                    case "svgen.json" ->
                            Files.writeString(
                                    folder.resolve(name),
                                    Files.readString(file)
                                            .replace("\"width\": 160", "\"width\": 64")
                                            .replace("\"height\": 160", "\"height\": 64")
                                            .replace("\"frames\": 33", "\"frames\": 9"));
                    default ->
                            Files.createSymbolicLink(
                                    folder.resolve(name), file.toAbsolutePath().normalize());
                }
            }
        }
        return ModelSource.of("demo", folder);
    }
}

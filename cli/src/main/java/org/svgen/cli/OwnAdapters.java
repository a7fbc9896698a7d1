package org.svgen.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.svgen.cli.disk.ModelFolders;

/**
 * Adapters that come with a model, in the folder {@code adapters} of its own folder. They can be
 * given by their names.
 *
 * @param byName each file by its name without the ending
 */
record OwnAdapters(Map<String, Path> byName) {
    private static final String ENDING = ".safetensors";

    OwnAdapters {
        byName = Map.copyOf(byName);
    }

    /** Those of a model that comes with svgen or is a folder; none of any other. */
    static OwnAdapters of(String model) {
        if (!ModelLocator.isHere(model) || Files.isRegularFile(Path.of(model))) {
            return new OwnAdapters(Map.of());
        }
        Map<String, Path> found = new TreeMap<>();
        for (Path file :
                files(
                        ModelLocator.find(Optional.empty(), model, ModelFolders.NONE)
                                .resolve("adapters"))) {
            String name = String.valueOf(file.getFileName());
            if (name.endsWith(ENDING)) {
                found.put(name.substring(0, name.length() - ENDING.length()), file);
            }
        }
        return new OwnAdapters(found);
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        } catch (IOException e) {
            return List.of(); // no adapters are the rule
        }
    }

    Optional<Path> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** What there is, for the end of an error; empty if there is nothing. */
    String words() {
        return byName.isEmpty()
                ? ""
                : "; with the model come "
                        + String.join(", ", new TreeMap<>(byName).navigableKeySet());
    }
}

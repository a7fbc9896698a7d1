package org.svgen.cli;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.BadInputException;

/** Finds models: those that come with svgen by name, others by folder. */
final class ModelLocator {
    static final String INDEX = "model_index.json";

    /** As deep as a Hugging Face cache keeps them: models--org--name/snapshots/commit. */
    private static final int DEPTH = 3;

    private ModelLocator() {}

    /**
     * The folder that {@code model} means.
     *
     * @param option that it was given by, with a space behind it, or nothing
     * @throws BadInputException if it is no folder, or no model
     */
    static Path find(String option, String model) {
        Path builtIn = model.matches("[A-Za-z0-9_.-]+") ? inHome(model) : null;
        if (builtIn != null) {
            return builtIn;
        }
        Path folder = Path.of(model);
        if (model.isEmpty() || !Files.isDirectory(folder)) {
            throw new BadInputException(
                    "%s%s: expected a folder, ORG/NAME on the hub or one of %s, found none of them"
                            .formatted(
                                    option,
                                    model.isEmpty() ? "''" : model,
                                    builtIn().stream().map(Path::getFileName).toList()));
        }
        if (!isModel(folder)) {
            throw new BadInputException(
                    "%s%s: expected a folder in diffusers' layout, found no %s in it"
                            .formatted(option, model, INDEX));
        }
        return folder;
    }

    /** True if {@code model} names something on this disk, be it a model or not. */
    static boolean isHere(String model) {
        return Files.exists(Path.of(model)) || !model.contains("/") && inHome(model) != null;
    }

    /** Folders of the models that come with svgen, sorted. */
    static List<Path> builtIn() {
        Path home = home();
        return home == null ? List.of() : below(home.resolve("models"));
    }

    /**
     * The models in a folder: itself, or those up to {@value #DEPTH} levels below, sorted.
     *
     * @throws BadInputException if there is no such folder
     */
    static List<Path> below(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new BadInputException("%s: there is no such folder".formatted(folder));
        }
        List<Path> found = new ArrayList<>();
        collect(folder, DEPTH, found);
        return found;
    }

    private static void collect(Path folder, int depth, List<Path> found) {
        if (isModel(folder)) {
            found.add(folder);
            return;
        }
        if (depth == 0) {
            return;
        }
        try (Stream<Path> entries = Files.list(folder)) {
            entries.filter(Files::isDirectory).sorted().forEach(e -> collect(e, depth - 1, found));
        } catch (IOException e) {
            throw new BadInputException(
                    "%s: cannot be read: %s".formatted(folder, e.getMessage()), e);
        }
    }

    private static boolean isModel(Path folder) {
        return Files.isRegularFile(folder.resolve(INDEX));
    }

    private static @Nullable Path inHome(String name) {
        Path home = home();
        if (home == null) {
            return null;
        }
        Path folder = home.resolve("models").resolve(name);
        return isModel(folder) ? folder : null;
    }

    /**
     * Where svgen is installed: what the launcher says, else the nearest folder above this class's
     * jar that has models.
     */
    private static @Nullable Path home() {
        String told = System.getProperty("svgen.home");
        if (told != null) {
            return Path.of(told);
        }
        try {
            Path at =
                    Path.of(
                            ModelLocator.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI());
            for (Path p = at; p != null; p = p.getParent()) {
                if (Files.isDirectory(p.resolve("models"))) {
                    return p;
                }
            }
            return null;
        } catch (URISyntaxException e) {
            return null;
        }
    }
}

package org.svgen.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.OtherLayout;
import org.svgen.checkpoint.Untrusted;
import org.svgen.cli.disk.ModelFolders;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;
import org.svgen.tensor.Message;

/** Finds models: those that come with svgen by name, others by folder. */
final class ModelLocator {
    static final String INDEX = "model_index.json";

    /** As deep as a Hugging Face cache keeps them: models--org--name/snapshots/commit. */
    private static final int DEPTH = 3;

    private static final Pattern ADDRESS = Pattern.compile("https?://[^/]+/([^/]+/[^/?#]+).*");

    private ModelLocator() {}

    /**
     * The folder that {@code model} means.
     *
     * @param by the field that it was given by; none if it stands alone
     * @param folders that may have a file of that name, for messages
     * @throws BadInputException if it is no folder, or no model
     */
    static Path find(Optional<Field> by, String model, ModelFolders folders) {
        Path builtIn = model.matches("[A-Za-z0-9_.-]+") ? inHome(model) : null;
        if (builtIn != null) {
            return builtIn;
        }
        Path folder = Path.of(model);
        Matcher address = ADDRESS.matcher(model);
        if (address.matches()) {
            throw wrong(
                    by,
                    model,
                    "expected ORG/NAME, which is %s, found an address".formatted(address.group(1)));
        }
        if (model.isEmpty() || !Files.isDirectory(folder)) {
            requireNoFile(by, folder, folders);
            throw wrong(
                    by,
                    model.isEmpty() ? "''" : model,
                    "expected a folder, ORG/NAME on the hub, a file or one of %s, found none of them"
                            .formatted(builtIn().stream().map(Path::getFileName).toList()));
        }
        if (!isModel(folder)) {
            throw wrong(
                    by,
                    model,
                    "expected a folder in diffusers' layout, found no %s in it; %s"
                            .formatted(INDEX, insteadOf(folder)));
        }
        return folder;
    }

    private static BadInputException wrong(Optional<Field> by, Object model, String what) {
        return by.map(field ->
                        BadInputException.of(
                                field,
                                "a model",
                                model,
                                Message.of("%s %s: %s", field, model, what)))
                .orElseGet(() -> new BadInputException("%s: %s".formatted(model, what)));
    }

    /**
     * @throws BadInputException if {@code file} is a file, or has the name of one
     */
    private static void requireNoFile(Optional<Field> by, Path file, ModelFolders folders) {
        if (Files.isRegularFile(file)) {
            throw wrong(by, file, "expected a model's folder, found a file");
        }
        if (OtherLayout.isWeights(file.toString())) {
            throw wrong(by, file, "there is no such file" + folders.nearest(file.toString()));
        }
    }

    private static String insteadOf(Path folder) {
        List<Path> below = new ArrayList<>();
        Path snapshots = folder.resolve("snapshots"); // as in a Hugging Face cache
        collect(
                Files.isDirectory(snapshots) ? snapshots : folder,
                1,
                below,
                new HashSet<>(),
                note -> {});
        return below.isEmpty()
                ? OtherLayout.of(folder)
                : "there are models in it, such as " + below.getFirst();
    }

    /** True if {@code model} names something on this disk, be it a model or not. */
    static boolean isHere(String model) {
        return Files.exists(Path.of(model)) || isBuiltIn(model);
    }

    /** True if {@code model} is the name of one that comes with svgen. */
    static boolean isBuiltIn(String model) {
        return !model.contains("/") && inHome(model) != null;
    }

    /** Folders of the models that come with svgen, sorted. */
    static List<Path> builtIn() {
        Path home = home();
        return home == null ? List.of() : below(home.resolve("models"), note -> {});
    }

    /**
     * The models in a folder: itself, or those up to {@value #DEPTH} levels below, sorted. One that
     * links lead to again is not found again.
     *
     * @param notes gets the folders that cannot be looked into
     * @throws BadInputException if there is no such folder, or if it cannot be read
     */
    static List<Path> below(Path folder, Consumer<String> notes) {
        if (!Files.isDirectory(folder)) {
            requireNoFile(Optional.empty(), folder, ModelFolders.NONE);
            throw new BadInputException("%s: there is no such folder".formatted(folder));
        }
        if (!Files.isReadable(folder) && !isModel(folder)) {
            throw Untrusted.cannotRead(folder, new AccessDeniedException(folder.toString()));
        }
        List<Path> found = new ArrayList<>();
        collect(folder, DEPTH, found, new HashSet<>(), notes);
        return found;
    }

    private static void collect(
            Path folder, int depth, List<Path> found, Set<Path> seen, Consumer<String> notes) {
        try {
            if (!seen.add(folder.toRealPath())) {
                return;
            }
            if (isModel(folder)) {
                found.add(folder);
            } else if (depth > 0) {
                for (Path below : foldersIn(folder)) {
                    collect(below, depth - 1, found, seen, notes);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            notes.accept(Untrusted.cannotRead(folder, e).getMessage() + ", so it is left out");
        }
    }

    private static List<Path> foldersIn(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isDirectory).sorted().toList();
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

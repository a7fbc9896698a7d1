package org.svgen.cli.disk;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.svgen.checkpoint.NearestName;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;
import org.svgen.tensor.Message;

/**
 * The folders in which somebody keeps models, one of which may be that of ComfyUI. Files there can
 * be given by their names.
 *
 * @param roots the folders, of which those in front count first
 */
public record ModelFolders(List<Path> roots) {
    /** No folders at all. */
    public static final ModelFolders NONE = new ModelFolders(List.of());

    /** The environment variable that names them, separated as in {@code PATH}. */
    public static final String VARIABLE = "SVGEN_MODELS";

    private static final int MAX_NAMED = 3;
    private static final int MAX_EDITS = 6;

    /** Keeps a copy of the list. */
    public ModelFolders {
        roots = List.copyOf(roots);
    }

    /**
     * {@return the folders that the environment names; none if it names none}
     *
     * @param variables the environment variables
     */
    public static ModelFolders of(Map<String, String> variables) {
        Objects.requireNonNull(variables, "variables");
        return new ModelFolders(
                Arrays.stream(variables.getOrDefault(VARIABLE, "").split(File.pathSeparator, -1))
                        .filter(folder -> !folder.isBlank())
                        .map(Path::of)
                        .distinct()
                        .toList());
    }

    /**
     * {@return the file or folder that is meant: of that path if there is one, else of that name in
     * these folders, else the path itself, which is not there}
     *
     * @param role what it is wanted for
     * @param words a path or a name
     * @throws BadInputException if several files have the name
     */
    public Path resolve(Role role, String words) {
        return find(role, words).orElseGet(() -> Path.of(words));
    }

    /**
     * {@return the same, or nothing if there is none}
     *
     * @param role what it is wanted for
     * @param words a path or a name
     * @throws BadInputException if several files have the name
     */
    public Optional<Path> find(Role role, String words) {
        Objects.requireNonNull(role, "role");
        Objects.requireNonNull(words, "words");
        if (words.isBlank()) {
            return Optional.empty(); // as a path, it would be the folder that we are in
        }
        Path path = Path.of(words);
        return Files.exists(path) ? Optional.of(path) : named(role, words).map(KeptFile::file);
    }

    /**
     * {@return the same, which is there}
     *
     * @param role what it is wanted for
     * @param field by which it was given, for messages
     * @param words a path or a name
     * @throws BadInputException if there is nothing of that name, or several files are
     */
    public Path require(Role role, Field field, String words) {
        return find(role, words)
                .orElseThrow(() ->
                        BadInputException.of(
                                field,
                                "a file",
                                words,
                                Message.of(
                                        "%s %s: there is no such file%s",
                                        field, words, nearest(words))));
    }

    /**
     * {@return what else to say where there is no such file: that these folders have none either,
     * and the name that is nearest}
     *
     * @param words a path or a name
     */
    public String nearest(String words) {
        if (roots.isEmpty()) {
            return "";
        }
        List<String> names =
                FolderWalk.of(roots, _ -> {}).files().stream()
                        .map(file -> String.valueOf(file.file().getFileName()))
                        .toList();
        String name = String.valueOf(Path.of(words).getFileName());
        return ", nor one of that name in the folders of %s%s"
                .formatted(
                        VARIABLE,
                        NearestName.of(name, names, MAX_EDITS)
                                .map("; the nearest there is %s"::formatted)
                                .orElse(""));
    }

    /**
     * {@return the file in these folders that a name means, whatever it is for}
     *
     * @param words its name
     * @throws BadInputException if several files have the name
     */
    public Optional<KeptFile> named(String words) {
        Objects.requireNonNull(words, "words");
        return one(words, called(words));
    }

    private Optional<KeptFile> named(Role role, String words) {
        List<KeptFile> called = called(words);
        List<KeptFile> kept = called.stream().filter(file -> file.isFor(role)).toList();
        return one(words, kept.isEmpty() ? called : kept);
    }

    private List<KeptFile> called(String words) {
        if (words.isBlank() || roots.isEmpty()) {
            return List.of();
        }
        List<KeptFile> files = FolderWalk.of(roots, _ -> {}).files();
        return first(
                files.stream().filter(file -> file.isCalled(words)).toList(),
                file -> file.name().equals(words));
    }

    /** Those of which more is true, if there are any. */
    private static List<KeptFile> first(List<KeptFile> files, Predicate<KeptFile> more) {
        List<KeptFile> some = files.stream().filter(more).limit(1).toList();
        return some.isEmpty() ? files : some;
    }

    private static Optional<KeptFile> one(String words, List<KeptFile> files) {
        if (files.size() > 1) {
            throw new BadInputException(
                    "%s: expected the name of one file, found %d in the folders of %s: %s%s; more of a path tells them apart"
                            .formatted(
                                    words,
                                    files.size(),
                                    VARIABLE,
                                    files.stream()
                                            .limit(MAX_NAMED)
                                            .map(file -> file.file().toString())
                                            .collect(Collectors.joining(", ")),
                                    files.size() > MAX_NAMED ? ", ..." : ""));
        }
        return files.stream().findFirst();
    }

    /**
     * {@return the folder of a model in diffusers' layout that a name means}
     *
     * @param words its place in one of these folders, or its name
     */
    public Optional<Path> model(String words) {
        Objects.requireNonNull(words, "words");
        if (words.isBlank() || roots.isEmpty()) {
            return Optional.empty();
        }
        return FolderWalk.of(roots, _ -> {}).models().stream()
                .filter(model -> new KeptFile(model.root(), model.file()).isCalled(words))
                .map(KeptFile::file)
                .findFirst();
    }

    /**
     * {@return all files of weights in these folders, and models in diffusers' layout}
     *
     * @param notes gets folders that are not there, or cannot be looked into
     */
    public FolderWalk walk(Consumer<String> notes) {
        Objects.requireNonNull(notes, "notes");
        return FolderWalk.of(roots, notes);
    }
}

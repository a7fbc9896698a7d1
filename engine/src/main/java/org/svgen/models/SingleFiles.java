package org.svgen.models;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.FolderPart;
import org.svgen.checkpoint.ModelFiles;
import org.svgen.checkpoint.PartFile;
import org.svgen.checkpoint.single.FilePart;
import org.svgen.checkpoint.single.FileParts;
import org.svgen.checkpoint.single.PartNames;
import org.svgen.run.FamilyFiles;
import org.svgen.run.ModelFamily;
import org.svgen.tensor.BadInputException;

/**
 * A model in single files: what was told of it by names and shapes.
 *
 * @param kind which model it is, and where its other parts are to be had
 * @param family of the model
 * @param parts what the files hold, by the names that pipelines give components
 */
public record SingleFiles(FamilyFiles.Kind kind, ModelFamily family, Map<String, PartFile> parts) {
    private static final String TRANSFORMER = "transformer";
    private static final String SECOND = "transformer_2";
    private static final String VAE = "vae";
    private static final String TEXT = "text_encoder";

    /** Keeps a copy of the parts. */
    public SingleFiles {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(family, "family");
        Objects.requireNonNull(parts, "parts");
        parts = Map.copyOf(parts);
    }

    /**
     * What somebody gave.
     *
     * @param model a file with a transformer, perhaps with other parts too
     * @param second the transformer for little noise, of models that have two
     * @param vae a file or a component's folder
     * @param textEncoders files or components' folders
     */
    public record Given(
            Path model, Optional<Path> second, Optional<Path> vae, List<Path> textEncoders) {
        /** Keeps a copy of the list. */
        public Given {
            Objects.requireNonNull(model, "model");
            Objects.requireNonNull(second, "second");
            Objects.requireNonNull(vae, "vae");
            Objects.requireNonNull(textEncoders, "textEncoders");
            textEncoders = List.copyOf(textEncoders);
        }

        /**
         * {@return a file by itself}
         *
         * @param model a file with a transformer, perhaps with other parts too
         */
        public static Given of(Path model) {
            Objects.requireNonNull(model, "model");
            return new Given(model, Optional.empty(), Optional.empty(), List.of());
        }
    }

    /**
     * Finds out what files hold.
     *
     * @param given the files
     * @return the model
     * @throws BadInputException if a file is none of a model that can be run, or not of the same
     */
    public static SingleFiles of(Given given) {
        Objects.requireNonNull(given, "given");
        ModelFamily family = family(given.model());
        FamilyFiles files = family.files().orElseThrow();
        Map<String, PartFile> parts = new LinkedHashMap<>();
        List<FilePart> found = FileParts.of(given.model(), files.parts());
        found.forEach(part -> parts.put(part.names().component(), part));
        FilePart first =
                found.stream()
                        .filter(part -> part.names().component().equals(TRANSFORMER))
                        .findFirst()
                        .orElseThrow();
        given.second().ifPresent(file -> parts.put(SECOND, second(file, family)));
        given.vae().ifPresent(path -> parts.put(VAE, part(path, files, VAE)));
        for (Path path : given.textEncoders()) {
            PartFile part = part(path, files, TEXT);
            parts.put(componentOf(part), part);
        }
        FamilyFiles.Kind kind =
                files.kind(
                        new FamilyFiles.Found(
                                first.shapes(),
                                String.valueOf(given.model().getFileName()),
                                given.second().isPresent()));
        return new SingleFiles(kind, family, parts);
    }

    /**
     * Holds a folder to be one of the same family.
     *
     * @param folder in diffusers' layout, which has the other parts
     * @throws BadInputException if it is not
     */
    public void requireFits(Path folder) {
        Config index = Config.read(folder.resolve(ModelFiles.INDEX));
        if (!family.pipelineClasses().contains(index.className())) {
            throw index.wrong(
                    "_class_name",
                    "%s, since the files are of %s"
                            .formatted(String.join(" or ", family.pipelineClasses()), kind.what()));
        }
    }

    /** {@return what the files are and why, in a line for people} */
    public String says() {
        return "%s: %s, told by %s"
                .formatted(
                        parts.values().stream()
                                .map(part -> String.valueOf(part.files().getFirst().getFileName()))
                                .distinct()
                                .sorted()
                                .collect(Collectors.joining(", ")),
                        kind.what(),
                        kind.why());
    }

    private static ModelFamily family(Path file) {
        List<PartNames> others = new ArrayList<>();
        for (ModelFamily family : Families.inFiles()) {
            List<PartNames> known = family.files().orElseThrow().parts();
            if (FileParts.of(file, known).stream()
                    .anyMatch(part -> part.names().component().equals(TRANSFORMER))) {
                return family;
            }
            others.addAll(known);
        }
        List<FilePart> parts = FileParts.of(file, others);
        throw new BadInputException(
                "%s: expected a transformer of CogVideoX, HunyuanVideo or Wan, found %s"
                        .formatted(
                                file,
                                parts.isEmpty()
                                        ? FileParts.otherwise(file)
                                        : parts.getFirst().names().what()));
    }

    private static PartFile second(Path file, ModelFamily family) {
        if (!family.components().contains(SECOND)) {
            throw new BadInputException(
                    "%s: expected no second transformer, since models of this family have one"
                            .formatted(file));
        }
        return file(file, family.files().orElseThrow(), TRANSFORMER);
    }

    private static PartFile part(Path path, FamilyFiles files, String component) {
        return Files.isDirectory(path) ? new FolderPart(path) : file(path, files, component);
    }

    /** The part of a file that is a component; text encoders may be the first or the second. */
    private static FilePart file(Path path, FamilyFiles files, String component) {
        List<PartNames> wanted =
                files.parts().stream()
                        .filter(names -> names.component().startsWith(component))
                        .toList();
        return FileParts.of(path, wanted).stream()
                .findFirst()
                .orElseThrow(() ->
                        new BadInputException(
                                "%s: expected %s, found %s"
                                        .formatted(
                                                path,
                                                wanted.stream()
                                                        .map(PartNames::what)
                                                        .collect(Collectors.joining(" or ")),
                                                other(path, files))));
    }

    private static String other(Path path, FamilyFiles files) {
        return FileParts.of(path, files.parts()).stream()
                .findFirst()
                .map(part -> part.names().what())
                .orElseGet(() -> FileParts.otherwise(path));
    }

    private static String componentOf(PartFile part) {
        return switch (part) {
            case FilePart file -> file.names().component();
            case FolderPart folder ->
                    Config.read(folder.folder().resolve("config.json"))
                                    .text("model_type", "")
                                    .startsWith("clip")
                            ? TEXT + "_2"
                            : TEXT;
            default -> TEXT;
        };
    }
}

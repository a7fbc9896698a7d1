package org.svgen.models;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.FolderPart;
import org.svgen.checkpoint.ModelFiles;
import org.svgen.checkpoint.ModelSpec;
import org.svgen.checkpoint.PartFile;
import org.svgen.checkpoint.single.FilePart;
import org.svgen.checkpoint.single.PartNames;
import org.svgen.run.FamilyFiles;
import org.svgen.run.ModelFamily;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Message;
import org.svgen.tensor.Shape;

/**
 * A model in single files: what was told of it by names and shapes.
 *
 * @param kind which model it is, and where its other parts are to be had
 * @param family of the model
 * @param parts what the files hold, by the names that pipelines give components
 */
public record SingleFiles(FamilyFiles.Kind kind, ModelFamily family, Map<String, PartFile> parts) {
    /** Of a component that lies in several files, of which none is whole. */
    private static final String SHARD = ".*-\\d{5}-of-(?!00001)\\d{5}\\.safetensors";

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
     * @param imageEncoder a file or a component's folder
     */
    public record Given(
            Path model,
            Optional<Path> second,
            Optional<Path> vae,
            List<Path> textEncoders,
            Optional<Path> imageEncoder) {
        /** Keeps a copy of the list. */
        public Given {
            Objects.requireNonNull(model, "model");
            Objects.requireNonNull(second, "second");
            Objects.requireNonNull(vae, "vae");
            Objects.requireNonNull(textEncoders, "textEncoders");
            Objects.requireNonNull(imageEncoder, "imageEncoder");
            textEncoders = List.copyOf(textEncoders);
        }

        /**
         * {@return a file by itself}
         *
         * @param model a file with a transformer, perhaps with other parts too
         */
        public static Given of(Path model) {
            Objects.requireNonNull(model, "model");
            return new Given(
                    model, Optional.empty(), Optional.empty(), List.of(), Optional.empty());
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
        requireWhole(given.model());
        Contents model = Contents.of(given.model());
        ModelFamily family =
                model.family()
                        .orElseThrow(() ->
                                wrong(
                                        given.model(),
                                        "a transformer of CogVideoX, Cosmos 1.0, HunyuanVideo,"
                                                + " HunyuanVideo-1.5 or Wan",
                                        model));
        FamilyFiles files = family.files().orElseThrow();
        Map<String, PartFile> parts = new LinkedHashMap<>();
        model.parts().forEach(part -> parts.put(part.names().component(), part));
        FilePart first = model.part(Contents.TRANSFORMER).orElseThrow();
        given.second().ifPresent(file -> parts.put(Contents.SECOND, second(file, family, first)));
        given.vae().ifPresent(path -> parts.put(Contents.VAE, part(path, files, Contents.VAE)));
        given.imageEncoder()
                .ifPresent(path -> parts.put(Contents.IMAGE, part(path, files, Contents.IMAGE)));
        for (Path path : given.textEncoders()) {
            PartFile part = part(path, files, Contents.TEXT);
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
     * {@return the model: these files, and all that they lack from a folder}
     *
     * @param folder of a model of the same family, in diffusers' layout
     * @throws BadInputException if it is of another family
     */
    public ModelSpec with(Path folder) {
        Objects.requireNonNull(folder, "folder");
        requireFits(folder);
        return ModelSpec.of(folder).with(parts);
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

    /** A component that lies in several files is given by the folder that has them. */
    private static void requireWhole(Path file) {
        if (file.toString().matches(SHARD)) {
            throw new BadInputException(
                    "%s: expected a whole file, found one of several that belong together; the folder that has them is given instead"
                            .formatted(file));
        }
    }

    private static BadInputException wrong(Path file, String expected, Contents found) {
        return new BadInputException(
                Message.of("%s: expected %s, found %s", file, expected, found.words()));
    }

    private static PartFile second(Path file, ModelFamily family, FilePart first) {
        if (!family.components().contains(Contents.SECOND)) {
            throw new BadInputException(
                    "%s: expected no second transformer, since models of this family have one"
                            .formatted(file));
        }
        FilePart second = file(file, family.files().orElseThrow(), Contents.TRANSFORMER);
        requireAlike(first, second);
        return second;
    }

    /** Experts have one configuration, so that their weights have the same names and shapes. */
    private static void requireAlike(FilePart first, FilePart second) {
        Map<String, Shape> one = first.shapes();
        Map<String, Shape> other = second.shapes();
        Map<String, Shape> all = new LinkedHashMap<>(one);
        other.forEach(all::putIfAbsent);
        for (String name : all.keySet()) {
            Shape a = one.get(name);
            Shape b = other.get(name);
            if (!Objects.equals(a, b)) {
                throw new BadInputException(
                        "%s and %s: expected two experts of one model, found %s %s in the first and %s in the second"
                                .formatted(
                                        first.file(),
                                        second.file(),
                                        name,
                                        a == null ? "not" : a,
                                        b == null ? "not" : b));
            }
        }
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
        if (wanted.isEmpty()) {
            throw new BadInputException(
                    Message.of(
                            "%s: expected no %s, since models of this family have none",
                            path, Contents.field(component)));
        }
        requireWhole(path);
        Contents found = Contents.of(path);
        return found.parts().stream()
                .filter(part -> wanted.contains(part.names()))
                .findFirst()
                .orElseThrow(() ->
                        wrong(
                                path,
                                wanted.stream()
                                        .map(PartNames::what)
                                        .collect(Collectors.joining(" or ")),
                                found));
    }

    private static String componentOf(PartFile part) {
        return switch (part) {
            case FilePart file -> file.names().component();
            case FolderPart folder ->
                    Config.read(folder.folder().resolve("config.json"))
                                    .text("model_type", "")
                                    .startsWith("clip")
                            ? Contents.TEXT + "_2"
                            : Contents.TEXT;
            default -> Contents.TEXT;
        };
    }
}

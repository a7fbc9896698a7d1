package org.svgen.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.svgen.checkpoint.Untrusted;
import org.svgen.checkpoint.adapter.AdapterSummary;
import org.svgen.checkpoint.single.FilePart;
import org.svgen.checkpoint.single.Precision;
import org.svgen.checkpoint.single.TensorFile;
import org.svgen.checkpoint.single.TensorFiles;
import org.svgen.run.FamilyFiles;
import org.svgen.run.ModelFamily;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Shape;

/**
 * What a single file is, by its header: no weights are read.
 *
 * @param header what stands in it
 * @param told what that means
 * @param parts of a model that it holds
 * @param adapter what it changes, if it is an adapter
 */
public record FileInfo(
        Header header, Told told, List<Part> parts, Optional<AdapterSummary> adapter) {
    /** Keeps a copy of the list. */
    public FileInfo {
        Objects.requireNonNull(header, "header");
        Objects.requireNonNull(told, "told");
        Objects.requireNonNull(parts, "parts");
        Objects.requireNonNull(adapter, "adapter");
        parts = List.copyOf(parts);
    }

    /**
     * What stands in a file's header.
     *
     * @param file the file
     * @param format {@code safetensors} or {@code GGUF}
     * @param bytes of the file
     * @param precision what its tensors are stored in
     * @param texts beside its tensors
     */
    public record Header(
            Path file, String format, long bytes, Precision precision, Map<String, String> texts) {
        /** Keeps a copy of the texts. */
        public Header {
            Objects.requireNonNull(file, "file");
            Objects.requireNonNull(format, "format");
            Objects.requireNonNull(precision, "precision");
            Objects.requireNonNull(texts, "texts");
            texts = Collections.unmodifiableMap(new LinkedHashMap<>(texts));
        }
    }

    /**
     * What a file is.
     *
     * @param kind what it is for
     * @param what people call it
     * @param why it is that, by names and shapes; empty where its tensors' names say all
     * @param base the repository on the hub that has all that a model in it lacks; empty if it is
     *     none
     * @param problem why it cannot be used; none if it can
     */
    public record Told(
            FileKind kind,
            String what,
            String why,
            String base,
            Optional<BadInputException> problem) {
        /** Checks that nothing is null. */
        public Told {
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(what, "what");
            Objects.requireNonNull(why, "why");
            Objects.requireNonNull(base, "base");
            Objects.requireNonNull(problem, "problem");
        }

        private static Told of(FileKind kind, String what) {
            return new Told(kind, what, "", "", Optional.empty());
        }
    }

    /**
     * A component that the file holds.
     *
     * @param component as pipelines call it: {@code vae}
     * @param what people call it
     * @param names whose names its tensors have
     * @param prefix of these names
     * @param tensors their number
     * @param bytes that they take in the file
     */
    public record Part(
            String component, String what, String names, String prefix, int tensors, long bytes) {
        /** Checks that nothing is null. */
        public Part {
            Objects.requireNonNull(component, "component");
            Objects.requireNonNull(what, "what");
            Objects.requireNonNull(names, "names");
            Objects.requireNonNull(prefix, "prefix");
        }
    }

    /**
     * {@return what a file is}
     *
     * @param file of tensors
     * @throws BadInputException if it is missing, damaged, or of a format that is not read
     */
    public static FileInfo of(Path file) {
        Objects.requireNonNull(file, "file");
        try (TensorFile tensors = TensorFiles.open(file)) {
            return of(tensors, Contents.of(tensors));
        }
    }

    private static FileInfo of(TensorFile tensors, Contents contents) {
        Header header =
                new Header(
                        tensors.path(),
                        tensors.format(),
                        size(tensors.path()),
                        Precision.of(tensors.stored(), tensors.metadata().keySet()),
                        tensors.metadata());
        return new FileInfo(
                header,
                contents.family()
                        .map(family -> model(tensors.path(), contents, family))
                        .orElseGet(() -> other(contents)),
                contents.parts().stream().map(part -> part(tensors, part)).toList(),
                contents.adapter());
    }

    private static Told model(Path file, Contents contents, ModelFamily family) {
        FamilyFiles files = family.files().orElseThrow();
        FilePart transformer = contents.part(Contents.TRANSFORMER).orElseThrow();
        String name = String.valueOf(file.getFileName());
        try {
            Map<String, Shape> shapes = transformer.shapes();
            try {
                FamilyFiles.Kind kind = files.kind(new FamilyFiles.Found(shapes, name, false));
                return new Told(
                        FileKind.MODEL, kind.what(), kind.why(), kind.base(), Optional.empty());
            } catch (BadInputException e) {
                if (!family.components().contains(Contents.SECOND)) {
                    throw e;
                }
                // By its name or its shapes, one of two; another name hides which.
                FamilyFiles.Kind kind = files.kind(new FamilyFiles.Found(shapes, "", true));
                return new Told(
                        FileKind.MODEL,
                        kind.what() + ", one of its two experts",
                        kind.why(),
                        kind.base(),
                        Optional.empty());
            }
        } catch (BadInputException e) {
            return new Told(FileKind.OTHER, transformer.names().what(), "", "", Optional.of(e));
        }
    }

    private static Told other(Contents contents) {
        if (contents.adapter().isPresent()) {
            return Told.of(FileKind.ADAPTER, contents.adapter().get().words());
        }
        return contents.parts().stream()
                .map(FilePart::names)
                .findFirst()
                .map(names -> Told.of(FileKind.of(names.component()), names.what()))
                .orElseGet(() -> Told.of(FileKind.OTHER, contents.otherwise()));
    }

    private static Part part(TensorFile tensors, FilePart part) {
        Precision.Amount amount =
                tensors.stored().entrySet().stream()
                        .filter(e -> e.getKey().startsWith(part.prefix()))
                        .map(e -> new Precision.Amount(1, e.getValue().bytes()))
                        .reduce(new Precision.Amount(0, 0), Precision.Amount::and);
        return new Part(
                part.names().component(),
                part.names().what(),
                part.layout().name(),
                part.prefix(),
                amount.tensors(),
                amount.bytes());
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw Untrusted.cannotRead(file, e);
        }
    }
}

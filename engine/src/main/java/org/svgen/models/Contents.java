package org.svgen.models;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.svgen.checkpoint.adapter.AdapterSummary;
import org.svgen.checkpoint.single.FilePart;
import org.svgen.checkpoint.single.FileParts;
import org.svgen.checkpoint.single.PartNames;
import org.svgen.checkpoint.single.TensorFile;
import org.svgen.checkpoint.single.TensorFiles;
import org.svgen.pipeline.Fields;
import org.svgen.run.FamilyFiles;
import org.svgen.run.ModelFamily;
import org.svgen.tensor.Field;
import org.svgen.tensor.Message;

/**
 * What is in a file, told by the names and shapes of its tensors.
 *
 * @param family of the transformer, if there is one
 * @param parts components, perhaps of several kinds
 * @param adapter what it changes, if it is an adapter
 * @param otherwise what it seems to be if it has neither
 */
record Contents(
        Optional<ModelFamily> family,
        List<FilePart> parts,
        Optional<AdapterSummary> adapter,
        String otherwise) {
    static final String TRANSFORMER = "transformer";
    static final String SECOND = "transformer_2";
    static final String VAE = "vae";
    static final String TEXT = "text_encoder";
    static final String IMAGE = "image_encoder";

    /**
     * @throws org.svgen.tensor.BadInputException if the file is missing, damaged, or of a format
     *     that is not read
     */
    static Contents of(Path file) {
        try (TensorFile tensors = TensorFiles.open(file)) {
            return of(tensors);
        }
    }

    static Contents of(TensorFile tensors) {
        List<PartNames> all = new ArrayList<>();
        for (ModelFamily family : Families.inFiles()) {
            List<PartNames> known = family.files().orElseThrow().parts();
            List<FilePart> parts = FileParts.of(tensors, known);
            if (parts.stream().anyMatch(part -> is(part, TRANSFORMER))) {
                return new Contents(Optional.of(family), parts, Optional.empty(), "");
            }
            all.addAll(known);
        }
        List<FilePart> parts = FileParts.of(tensors, all);
        return new Contents(
                Optional.empty(),
                parts,
                parts.isEmpty() ? AdapterSummary.of(tensors, transformers()) : Optional.empty(),
                FileParts.otherwise(tensors));
    }

    /** What transformers are called, for adapters that change them. */
    private static List<PartNames> transformers() {
        return Families.inFiles().stream()
                .map(family -> family.files().orElseThrow())
                .map(FamilyFiles::parts)
                .flatMap(List::stream)
                .filter(names -> names.component().equals(TRANSFORMER))
                .toList();
    }

    private static boolean is(FilePart part, String component) {
        return part.names().component().equals(component);
    }

    /** The part that is a component. */
    Optional<FilePart> part(String component) {
        return parts.stream().filter(part -> is(part, component)).findFirst();
    }

    /** What it is and where it belongs, to stand behind "found". */
    Message words() {
        if (adapter.isPresent()) {
            return Message.of(
                    "%s, which is given as %s beside a model", adapter.get().words(), Fields.LORA);
        }
        if (parts.isEmpty()) {
            return Message.plain(otherwise);
        }
        PartNames first = parts.getFirst().names();
        return Message.of(
                first.component().equals(TRANSFORMER)
                        ? "%s, which is given as %s"
                        : "%s, which is given as %s beside a transformer",
                first.what(),
                field(first.component()));
    }

    /** By which a component in a file is given. */
    static Field field(String component) {
        return switch (component) {
            case VAE -> Fields.VAE;
            case IMAGE -> Fields.IMAGE_ENCODER;
            case SECOND -> Fields.MODEL_2;
            case TRANSFORMER -> Fields.MODEL;
            default -> Fields.TEXT_ENCODER;
        };
    }
}

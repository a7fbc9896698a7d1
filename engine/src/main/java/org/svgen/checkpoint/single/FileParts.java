package org.svgen.checkpoint.single;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.svgen.checkpoint.Untrusted;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Shape;

/** Finds out what is in a single file. */
public final class FileParts {
    private FileParts() {}

    /**
     * {@return the components in a file, perhaps none}
     *
     * @param file a file of tensors
     * @param known kinds of components, of which those in front are asked first
     * @throws BadInputException if the file is missing, damaged, or of a format that is not read
     */
    public static List<FilePart> of(Path file, List<? extends PartNames> known) {
        try (TensorFile tensors = TensorFiles.open(file)) {
            return of(tensors, known);
        }
    }

    /**
     * {@return the same of a file that is open}
     *
     * @param tensors the file
     * @param known kinds of components, of which those in front are asked first
     */
    public static List<FilePart> of(TensorFile tensors, List<? extends PartNames> known) {
        Map<String, Shape> shapes = tensors.shapes();
        List<FilePart> parts = new ArrayList<>();
        for (PartNames names : known) {
            boolean there =
                    parts.stream().anyMatch(p -> p.names().component().equals(names.component()));
            if (!there) {
                part(tensors.path(), names, shapes).ifPresent(parts::add);
            }
        }
        return List.copyOf(parts);
    }

    private static Optional<FilePart> part(Path file, PartNames names, Map<String, Shape> shapes) {
        for (Layout layout : names.layouts()) {
            Optional<String> prefix = layout.prefix(shapes);
            if (prefix.isPresent()) {
                return Optional.of(new FilePart(file, names, layout, prefix.get()));
            }
        }
        return Optional.empty();
    }

    /**
     * {@return what a file seems to be in which nothing was found that is known}
     *
     * @param tensors a file of tensors
     */
    public static String otherwise(TensorFile tensors) {
        for (Other other : Other.values()) {
            if (tensors.shapes().keySet().stream().anyMatch(other::marks)) {
                return other.words;
            }
        }
        return tensors.shapes().keySet().stream()
                .findFirst()
                .map(name -> "tensors such as " + Untrusted.quoted(name))
                .orElse("no tensors");
    }

    /** What people have in such files that is no model of ours. */
    private enum Other {
        STABLE_DIFFUSION(
                "an image model, Stable Diffusion, which is not supported",
                "(.*\\.)?input_blocks\\.0\\.0\\..*"),
        STABLE_DIFFUSION_3(
                "an image model, Stable Diffusion 3, which is not supported",
                "(.*\\.)?joint_blocks\\.0\\..*"),
        FLUX(
                "an image model, FLUX or one like it, which is not supported",
                "(.*\\.)?double_blocks\\.0\\.img_attn\\.qkv\\..*"),
        LTX("LTX-Video, which is not supported", "(.*\\.)?(patchify_proj|adaln_single)\\..*");

        private final String words;
        private final String pattern;

        Other(String words, String pattern) {
            this.words = words;
            this.pattern = pattern;
        }

        private boolean marks(String name) {
            return name.matches(pattern);
        }
    }
}

package org.svgen.text;

import java.nio.file.Files;
import java.nio.file.Path;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.checkpoint.Checkpoint.Component;
import org.svgen.checkpoint.TokenizerFiles;
import org.svgen.tensor.BadInputException;

/** Opens the tokenizer of a model's folder. */
public final class Tokenizers {
    private Tokenizers() {}

    /**
     * @param component the folder in the checkpoint: {@code tokenizer}, {@code tokenizer_2}
     * @throws BadInputException if there is none that can be read, or if its files are damaged
     */
    public static Tokenizer open(Checkpoint checkpoint, String component) {
        Component listed = checkpoint.components().get(component);
        String className = listed == null ? "" : listed.className();
        if (Files.exists(checkpoint.file(component, "tokenizer_config.json"))) {
            checkpoint.config(component); // notes what it says of its class
        }
        return open(checkpoint.file(component, "."), className);
    }

    static Tokenizer open(Path folder) {
        return open(folder, "");
    }

    /**
     * @param className that the model's index gives the tokenizer; it says which files are read
     */
    private static Tokenizer open(Path folder, String className) {
        Path of = folder.normalize();
        TokenizerFiles form =
                TokenizerFiles.choose(className, name -> Files.exists(of.resolve(name)))
                        .orElseThrow(() ->
                                new BadInputException(
                                        "%s: expected %s, found none"
                                                .formatted(
                                                        of, TokenizerFiles.expected(className))));
        return switch (form) {
            case SENTENCE_PIECE -> T5Tokenizer.open(of);
            case JSON -> JsonTokenizer.open(of);
            case BYTE_PAIRS -> ClipTokenizer.open(of);
            case BYTES -> ByteTokenizer.open(of);
        };
    }
}

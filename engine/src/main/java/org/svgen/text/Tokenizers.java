package org.svgen.text;

import java.nio.file.Files;
import java.nio.file.Path;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.tensor.BadInputException;

/** Opens the tokenizer of a model's folder. */
public final class Tokenizers {
    private Tokenizers() {}

    /**
     * @param component the folder in the checkpoint: {@code tokenizer}, {@code tokenizer_2}
     * @throws BadInputException if there is none that can be read, or if its files are damaged
     */
    public static Tokenizer open(Checkpoint checkpoint, String component) {
        return open(checkpoint.file(component, "."));
    }

    static Tokenizer open(Path folder) {
        Path of = folder.normalize();
        if (Files.exists(of.resolve("spiece.model"))) {
            return T5Tokenizer.open(of);
        }
        if (Files.exists(of.resolve("tokenizer.json"))) {
            return JsonTokenizer.open(of);
        }
        if (Files.exists(of.resolve("vocab.json")) && Files.exists(of.resolve("merges.txt"))) {
            return ClipTokenizer.open(of);
        }
        throw new BadInputException(
                "%s: expected spiece.model, tokenizer.json, or vocab.json and merges.txt, found none"
                        .formatted(of));
    }
}

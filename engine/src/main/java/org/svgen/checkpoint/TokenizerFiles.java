package org.svgen.checkpoint;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The forms in which tokenizers come, by the files that they need. */
public enum TokenizerFiles {
    /** A SentencePiece model. */
    SENTENCE_PIECE("spiece.model"),
    /** One file of the Rust library. */
    JSON("tokenizer.json"),
    /** CLIP's: a vocabulary and the pairs to merge. */
    BYTE_PAIRS("vocab.json", "merges.txt"),
    /** ByT5's, whose vocabulary are the bytes. */
    BYTES("tokenizer_config.json");

    private final List<String> names;

    TokenizerFiles(String... names) {
        this.names = List.of(names);
    }

    /** Those that a class reads, the preferred first; all where there is no class. */
    private static List<TokenizerFiles> of(String className) {
        if (className.startsWith("ByT5")) {
            return List.of(BYTES);
        }
        if (className.contains("T5")) {
            // The two agree on most texts alone: only SentencePiece spells unknown ones in bytes.
            return className.endsWith("Fast")
                    ? List.of(JSON, SENTENCE_PIECE)
                    : List.of(SENTENCE_PIECE, JSON);
        }
        if (className.startsWith("CLIP")) {
            return List.of(JSON, BYTE_PAIRS);
        }
        // Every folder has the file of bytes, so it tells nothing.
        return className.isEmpty() ? List.of(SENTENCE_PIECE, JSON, BYTE_PAIRS) : List.of(JSON);
    }

    /**
     * {@return the form in which a tokenizer is there}
     *
     * @param className that {@code model_index.json} gives it, or nothing
     * @param has says whether the tokenizer's folder has a file
     */
    public static Optional<TokenizerFiles> choose(String className, Predicate<String> has) {
        return of(className).stream().filter(f -> f.names.stream().allMatch(has)).findFirst();
    }

    /** What to fetch for a tokenizer that is there in no form, or only in parts. */
    static List<String> missing(String className, Predicate<String> has) {
        List<TokenizerFiles> forms = of(className);
        TokenizerFiles form = className.startsWith("CLIP") ? forms.getLast() : forms.getFirst();
        return form.names.stream().filter(has.negate()).toList();
    }

    /**
     * {@return {@code spiece.model, or vocab.json and merges.txt}, for messages}
     *
     * @param className the class in it
     */
    public static String expected(String className) {
        return of(className).stream()
                .map(form -> String.join(" and ", form.names))
                .collect(Collectors.joining(", or "));
    }
}

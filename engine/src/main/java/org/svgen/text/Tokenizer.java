package org.svgen.text;

/** Turns text into the ids that a text encoder was trained on. The owner closes it. */
public interface Tokenizer extends AutoCloseable {
    /**
     * The ids of {@code text} with the tokens that the model puts around it, cut and padded to
     * exactly {@code maxLength}.
     */
    Tokens encode(String text, int maxLength);

    @Override
    default void close() {}
}

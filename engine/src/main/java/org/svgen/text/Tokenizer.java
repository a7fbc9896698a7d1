package org.svgen.text;

/**
 * Turns text into the ids that a text encoder was trained on. Threads may share it; the owner
 * closes it, at any time and as often as it likes.
 */
public interface Tokenizer extends AutoCloseable {
    /**
     * The ids of {@code text} with the tokens that the model puts around it, cut and padded to
     * exactly {@code maxLength}.
     *
     * @throws org.svgen.tensor.ClosedException if it is closed
     */
    Tokens encode(String text, int maxLength);

    @Override
    default void close() {}
}

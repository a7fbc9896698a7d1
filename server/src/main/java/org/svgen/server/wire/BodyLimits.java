package org.svgen.server.wire;

/**
 * How much a request may bring.
 *
 * @param plainBytes of a body without a file
 * @param fileBytes of a body with a file
 * @param fields of a form
 * @param promptCharacters of a prompt
 * @param pixels of a picture, once decoded
 */
public record BodyLimits(
        long plainBytes, long fileBytes, int fields, int promptCharacters, long pixels) {
    /** What holds where an operator says nothing. */
    public static final BodyLimits USUAL =
            new BodyLimits(20L << 20, 64L << 20, 200, 4000, 64_000_000);

    /** How deep objects and lists may lie in each other. */
    static final int DEPTH = 64;

    /** Values, names and brackets of a JSON body: far more than any request has. */
    static final int TOKENS = 10_000;
}

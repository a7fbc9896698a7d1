package org.svgen.text;

/**
 * A tokenized text.
 *
 * @param ids as many as were asked for, padded at the end
 * @param used how many of them are no padding; the closing token counts
 * @param cut how many tokens of the text did not fit
 */
public record Tokens(int[] ids, int used, int cut) {}

package org.svgen.tensor.op;

/**
 * In how many bits attention multiplies. Operands and result keep their types in both; sums and
 * maxima are in f32.
 */
public enum AttentionPrecision {
    /** In the type of the operands. */
    FULL,

    /**
     * In 8 bits, to which the operation rounds its operands itself (SageAttention 2, arXiv
     * 2411.10958, with the values of FlashAttention-3):
     *
     * <ul>
     *   <li>queries are int8 with a scale for each token;
     *   <li>keys are int8 with a scale for each 32 tokens, without their mean over all tokens of
     *       the head: it adds the same to all scores of a query, which softmax does not see;
     *   <li>values are e4m3 with a scale for each channel;
     *   <li>weights of the softmax are e4m3, with a power of two as the scale of each row and tile.
     * </ul>
     *
     * <p>Of a head of normally distributed values the result is within 0.04 of exact attention, as
     * the norm of the difference over the norm of the result.
     */
    EIGHT_BITS
}

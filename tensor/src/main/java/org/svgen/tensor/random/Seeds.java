package org.svgen.tensor.random;

import java.math.BigInteger;

/**
 * Seeds as {@code torch.Generator.manual_seed} takes them: 64 bits, which people write with a sign
 * or without one. -1 and 2^64 - 1 are the same seed.
 */
public final class Seeds {
    private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
    private static final int BITS = Long.SIZE;
    private static final int MOST_DIGITS = 40;

    private Seeds() {}

    /**
     * {@return the bits of a whole number from -2^63 to 2^64 - 1}
     *
     * @param text digits, perhaps with a sign
     * @throws NumberFormatException if {@code text} is none
     */
    public static long parse(String text) {
        if (text.length() > MOST_DIGITS) {
            throw new NumberFormatException("too long");
        }
        BigInteger seed = new BigInteger(text);
        if (seed.compareTo(LEAST) < 0 || seed.bitLength() > BITS) {
            throw new NumberFormatException("out of range");
        }
        return seed.longValue();
    }

    /**
     * {@return the seed without a sign, as torch's {@code initial_seed} has it}
     *
     * @param seed 64 bits
     */
    public static BigInteger unsigned(long seed) {
        return new BigInteger(Long.toUnsignedString(seed));
    }
}

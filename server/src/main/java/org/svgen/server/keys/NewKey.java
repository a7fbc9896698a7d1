package org.svgen.server.keys;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Set;

/**
 * A key that was just made. Its text is known now and never again: files hold its hash.
 *
 * @param text what a client sends: {@code sk-svgen-...}
 * @param line what a key file holds of it
 */
public record NewKey(String text, String line) {
    /** By it scanners of repositories find keys that were committed by mistake. */
    public static final String PREFIX = "sk-svgen-";

    private static final int BYTES = 32;

    /** Digits of base 62 that hold 256 bits. */
    private static final int DIGITS = 43;

    private static final String ALPHABET =
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /** Checks that nothing is null. */
    public NewKey {
        Objects.requireNonNull(text, "text");
        Objects.requireNonNull(line, "line");
    }

    /**
     * {@return a key of 256 random bits}
     *
     * @param name of the key, which owns the videos that it makes
     * @param scopes what it may do; if empty, make and read videos
     * @throws org.svgen.tensor.BadInputException if the name is none that a key file takes
     */
    public static NewKey create(String name, Set<Scope> scopes) {
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        String text = PREFIX + digits(new BigInteger(1, random));
        String hash = HexFormat.of().formatHex(Key.hashOf(text));
        return new NewKey(text, new Key(name, hash, scopes.isEmpty() ? Key.USUAL : scopes).line());
    }

    private static String digits(BigInteger number) {
        BigInteger base = BigInteger.valueOf(ALPHABET.length());
        StringBuilder digits = new StringBuilder();
        BigInteger rest = number;
        while (digits.length() < DIGITS) {
            BigInteger[] divided = rest.divideAndRemainder(base);
            digits.append(ALPHABET.charAt(divided[1].intValue()));
            rest = divided[0];
        }
        return digits.reverse().toString();
    }

    /** Never the key itself, so that no log can show it. */
    @Override
    public String toString() {
        return "NewKey[" + line + "]";
    }
}

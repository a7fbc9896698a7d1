package org.svgen.server.keys;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.svgen.tensor.BadInputException;

/**
 * A line of a key file: {@code name:sha256hex[:scope,scope]}. A key has 256 random bits, so a plain
 * hash keeps it secret; slow hashes are for passwords.
 *
 * @param name of the key, which owns what it makes
 * @param hash SHA-256 of the key's text, in hex
 * @param scopes what it may do
 */
record Key(String name, String hash, Set<Scope> scopes) {
    static final Set<Scope> USUAL = Set.of(Scope.VIDEOS, Scope.READ);

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    Key {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(hash, "hash");
        if (!NAME.matcher(name).matches()) {
            throw new BadInputException(
                    "the name of a key: expected 1 to 64 letters, digits, '.', '_' and '-',"
                            + " a letter or digit first");
        }
        if (!HASH.matcher(hash).matches()) {
            throw new BadInputException("the hash of a key: expected 64 digits of hexadecimal");
        }
        scopes = Set.copyOf(scopes);
    }

    /**
     * @throws BadInputException saying what is wrong; the line itself is not shown, for it may hold
     *     a key by mistake
     */
    static Key parse(String line) {
        String[] parts = line.split(":", -1);
        if (parts.length < 2 || parts.length > 3) {
            throw new BadInputException("expected name:sha256hex or name:sha256hex:scope,scope");
        }
        Set<Scope> scopes = parts.length == 2 ? USUAL : scopes(parts[2]);
        return new Key(parts[0].strip(), parts[1].strip().toLowerCase(Locale.ROOT), scopes);
    }

    private static Set<Scope> scopes(String text) {
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (String name : text.split(",", -1)) {
            scopes.add(
                    Scope.of(name.strip())
                            .orElseThrow(() ->
                                    new BadInputException("a scope: expected " + Scope.names())));
        }
        return scopes;
    }

    String line() {
        return name + ":" + hash + ":" + texts(scopes);
    }

    static String texts(Set<Scope> scopes) {
        return scopes.stream().sorted().map(Scope::text).collect(Collectors.joining(","));
    }

    Caller caller() {
        return new Caller(name, scopes);
    }

    /** Takes as long whether or not it is the key. */
    boolean matches(byte[] hashOfOther) {
        return MessageDigest.isEqual(HexFormat.of().parseHex(hash), hashOfOther);
    }

    static byte[] hashOf(String key) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

package org.svgen.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

/** HTML's character references, such as {@code &eacute;}, {@code &#233;} and {@code &#xE9;}. */
final class HtmlEntities {
    private static final Pattern ANY =
            Pattern.compile("&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\\t\\n\\f <&#;]{1,32};?)");
    private static final Pattern CLOSED = Pattern.compile("&#?[0-9A-Za-z]{1,24};");
    private static final Pattern CLOSED_NUMBER = Pattern.compile("#([0-9]+|[xX][0-9a-fA-F]+);");
    private static final BigInteger TOO_LARGE = BigInteger.valueOf(Character.MAX_CODE_POINT + 1L);
    private static final String UNKNOWN = "\uFFFD";

    /** By name, with its semicolon; the oldest without it too. */
    private static final Map<String, String> NAMED = read();

    private HtmlEntities() {}

    /**
     * Replaces all references as HTML's parser does, those without a semicolon too (Python: {@code
     * html.unescape}).
     */
    static String unescape(String text) {
        return Patterns.replace(ANY, text, HtmlEntities::any);
    }

    /**
     * Replaces references that end with a semicolon, and in capitals those whose name has none
     * ({@code &EACUTE;}), as Python's ftfy does.
     */
    static String unescapeClosed(String text) {
        return Patterns.replace(CLOSED, text, HtmlEntities::closed);
    }

    private static String any(String reference) {
        String name = reference.substring(1);
        if (name.startsWith("#")) {
            return numbered(name.substring(1).replace(";", ""));
        }
        for (int length = name.length(); length > 1; length--) {
            String found = NAMED.get(name.substring(0, length));
            if (found != null) {
                return found + name.substring(length);
            }
        }
        return reference;
    }

    private static String closed(String reference) {
        String name = reference.substring(1);
        String found = NAMED.get(name);
        if (found != null) {
            return found;
        }
        if (name.startsWith("#")) {
            // A reference to the semicolon itself stays, as in ftfy.
            String numbered = CLOSED_NUMBER.matcher(name).matches() ? any(reference) : reference;
            return numbered.equals(";") ? reference : numbered;
        }
        String small = NAMED.get(name.toLowerCase(Locale.ROOT));
        boolean capitals = name.equals(name.toUpperCase(Locale.ROOT));
        return capitals && small != null && any(reference).equals(reference)
                ? small.toUpperCase(Locale.ROOT)
                : reference;
    }

    private static String numbered(String number) {
        boolean hex = number.startsWith("x") || number.startsWith("X");
        BigInteger value = hex ? new BigInteger(number.substring(1), 16) : new BigInteger(number);
        int code = value.min(TOO_LARGE).intValueExact();
        if (code == 0 || code > Character.MAX_CODE_POINT || isSurrogate(code)) {
            return UNKNOWN;
        }
        if (code >= 0x80 && code < 0xA0) {
            return Windows1252.decode(code);
        }
        return isForbidden(code) ? "" : Character.toString(code);
    }

    private static boolean isSurrogate(int code) {
        return code >= Character.MIN_SURROGATE && code <= Character.MAX_SURROGATE;
    }

    /** Control characters but white space, and code points that never become characters. */
    private static boolean isForbidden(int code) {
        boolean control =
                code < ' ' && code != '\t' && code != '\n' && code != '\f' && code != '\r';
        boolean none = code >= 0xFDD0 && code <= 0xFDEF || (code & 0xFFFE) == 0xFFFE;
        return control || code == 0x7F || none;
    }

    private static Map<String, String> read() {
        Map<String, String> named = new HashMap<>();
        try (var lines =
                new BufferedReader(
                        new InputStreamReader(
                                Objects.requireNonNull(
                                        HtmlEntities.class.getResourceAsStream(
                                                "html-entities.txt")),
                                StandardCharsets.US_ASCII))) {
            for (String line : lines.readAllLines()) {
                if (!line.startsWith("#")) {
                    String[] parts = line.split(" ");
                    StringBuilder text = new StringBuilder();
                    for (int i = 1; i < parts.length; i++) {
                        text.appendCodePoint(Integer.parseInt(parts[i], 16));
                    }
                    named.put(parts[0], text.toString());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.copyOf(named);
    }
}

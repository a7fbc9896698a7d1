package org.svgen.pipeline;

import static java.util.Locale.ROOT;

import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;
import org.svgen.tensor.Message;

/** Numbers of bytes as people write them. */
public final class ByteCount {
    private static final Pattern BYTES =
            Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,9})?) ?([kKmMgGtT]?)[bB]?");

    private static final String EXPECTED = "a number of bytes such as 24G or 800M";

    /** Below it nobody means bytes, for a model needs more. */
    private static final double LEAST_BARE_BYTES = 1e6;

    private ByteCount() {}

    /**
     * Reads {@code 24G}, {@code 800 MB} or {@code 1.5g}: k, M, G and T are powers of a thousand.
     *
     * @param field that it belongs to, for the message
     * @param text what a user wrote
     * @return the number of bytes, at least 1
     * @throws BadInputException for anything else, and for a small number without a unit
     */
    public static long parse(Field field, String text) {
        Objects.requireNonNull(field, "field");
        Objects.requireNonNull(text, "text");
        Matcher m = BYTES.matcher(text.strip());
        if (m.matches()) {
            double unit =
                    Math.pow(1000, " KMGT".indexOf((m.group(2) + " ").toUpperCase(ROOT).charAt(0)));
            double bytes = Double.parseDouble(m.group(1)) * unit;
            if (m.group(2).isEmpty() && bytes >= 1 && bytes < LEAST_BARE_BYTES) {
                String number = m.group(1);
                throw BadInputException.of(
                        field,
                        EXPECTED,
                        text,
                        Message.of(
                                "%s: expected %s, found '%s', which is %s bytes: add a unit, %sG or %sM",
                                field, EXPECTED, text, number, number, number));
            }
            if (bytes >= 1 && bytes < 1e18) {
                return (long) bytes;
            }
        }
        throw BadInputException.of(field, EXPECTED, text);
    }
}

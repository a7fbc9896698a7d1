package org.svgen.server.wire;

import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import org.svgen.setting.Rule;
import org.svgen.tensor.BadInputException;

/**
 * A field of a request.
 *
 * @param sent its name, as the client sent it: {@code extra_body.seed}
 * @param value as JSON has it
 */
record GivenValue(String sent, Object value) {
    Refusal wrong(String expected) {
        return new Refusal(
                Problem.value(
                        sent, "%s: expected %s, found %s".formatted(sent, expected, shown())));
    }

    /** Short, so that an error cannot be made to carry much. */
    private String shown() {
        return switch (value) {
            case String text when text.length() > 60 ->
                    "a text of %d characters".formatted(text.length());
            case String text -> "'" + text + "'";
            case Map<?, ?> _ -> "an object";
            case Iterable<?> _ -> "a list";
            default -> String.valueOf(value);
        };
    }

    String text() {
        if (value instanceof String text) {
            return text;
        }
        throw wrong("a text");
    }

    @SuppressWarnings("unchecked")
    Map<String, Object> object() {
        if (value instanceof Map<?, ?> map) {
            return (Map<String, Object>) map;
        }
        throw wrong("an object");
    }

    /** A number, or a text that is one, as forms have it. */
    double number() {
        Optional<Double> number =
                switch (value) {
                    case Number n -> Optional.of(n.doubleValue());
                    case String text -> parsed(text);
                    default -> Optional.empty();
                };
        return number.filter(Double::isFinite).orElseThrow(() -> wrong("a number"));
    }

    private static Optional<Double> parsed(String text) {
        try {
            return Optional.of(Double.valueOf(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** A whole number from {@code least} to {@code most}. */
    int whole(int least, int most) {
        double number = number();
        if (number != Math.rint(number) || number < least || number > most) {
            throw wrong("a whole number from %d to %d".formatted(least, most));
        }
        return (int) number;
    }

    /**
     * The value of a setting, as {@code RequestBuilder.set} takes it. A text that is a number is a
     * number, since forms have texts alone.
     */
    <T> Object setting(Rule<T> rule) {
        try {
            Object plain =
                    rule.values()
                            .plain(
                                    value instanceof String text
                                            ? rule.parse(text)
                                            : rule.read(whole(rule)));
            if (plain instanceof Double number && !Double.isFinite(number)) {
                throw wrong("a finite number");
            }
            return plain;
        } catch (BadInputException e) {
            throw wrong(rule.expected());
        }
    }

    /** 25.0 is a whole number to those whose languages have one kind of number. */
    private Object whole(Rule<?> rule) {
        return switch (value) {
            case Double number when number == Math.rint(number) && !rule.reads(number) ->
                    Math.abs(number) <= Integer.MAX_VALUE
                            ? (Object) number.intValue()
                            : number.longValue();
            case Boolean _, Integer _, Long _, Double _, BigInteger _ -> value;
            default -> throw wrong(rule.expected());
        };
    }
}

package org.svgen.cli.batch;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.svgen.pipeline.Rules;
import org.svgen.setting.Rule;

/**
 * The values that a cell gives a setting: one, or several, each of which makes a video. A table
 * separates them by a bar ({@code 0.25|0.5}), JSON has lists, and seeds have ranges: {@code 1-8}.
 */
final class Choices {
    /** So that a slip of the hand does not become a million videos. */
    static final int MOST = 10_000;

    private static final Pattern RANGE = Pattern.compile("(-?[0-9]+)\\s*-\\s*(-?[0-9]+)");

    private Choices() {}

    /**
     * The values of {@code cell} as files hold them; none if something is wrong, which {@code
     * mistakes} then knows.
     */
    static List<Object> of(Rule<?> rule, Cell cell, Mistakes mistakes) {
        List<Object> said = parts(rule, cell.value()).toList();
        List<Object> values = new ArrayList<>();
        for (Object one : said) {
            Optional<Object> value = rule.plain(one);
            if (value.isEmpty()) {
                mistakes.add(cell.place(), wrong(rule, one));
                return List.of();
            }
            values.add(value.get());
        }
        if (values.isEmpty()) {
            mistakes.add(cell.place(), wrong(rule, cell.value()));
        }
        if (values.stream().distinct().count() < values.size()) {
            mistakes.add(
                    cell.place(),
                    "%s: expected each value once, found %s"
                            .formatted(rule.key(), Cell.said(cell.value())));
            return List.of();
        }
        return values;
    }

    private static String wrong(Rule<?> rule, Object found) {
        String ranges = rule == Rules.SEED ? ", or a range such as 1-8" : "";
        return "%s: expected %s%s, found %s"
                .formatted(rule.key(), rule.expected(), ranges, Cell.said(found));
    }

    private static Stream<Object> parts(Rule<?> rule, Object value) {
        return switch (value) {
            case List<?> list -> list.stream().flatMap(item -> parts(rule, item));
            case String text when rule == Rules.PROMPT || rule == Rules.NEGATIVE_PROMPT ->
                    Stream.of(text);
            case String text ->
                    Arrays.stream(text.split("\\|", -1))
                            .map(String::strip)
                            .flatMap(part -> rule == Rules.SEED ? seeds(part) : Stream.of(part));
            default -> Stream.of(value);
        };
    }

    /** All of a range; a text that is none, or one that is too long, stays as it is. */
    private static Stream<Object> seeds(String text) {
        Matcher range = RANGE.matcher(text);
        if (!range.matches()) {
            return Stream.of(text);
        }
        BigInteger first = new BigInteger(range.group(1));
        BigInteger count = new BigInteger(range.group(2)).subtract(first).add(BigInteger.ONE);
        if (count.signum() <= 0 || count.compareTo(BigInteger.valueOf(MOST)) > 0) {
            return Stream.of(text);
        }
        return Stream.iterate(first, seed -> seed.add(BigInteger.ONE))
                .limit(count.intValueExact())
                .map(BigInteger::toString);
    }
}

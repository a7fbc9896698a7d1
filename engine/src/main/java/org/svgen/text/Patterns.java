package org.svgen.text;

import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Replaces what a pattern finds. */
final class Patterns {
    private Patterns() {}

    /**
     * @param by says what stands in place of a part that was found
     */
    static String replace(Pattern pattern, String text, UnaryOperator<String> by) {
        return pattern.matcher(text)
                .replaceAll(
                        (MatchResult found) -> Matcher.quoteReplacement(by.apply(found.group())));
    }
}

package org.svgen.hub;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How long a server asks to wait before the next request. */
final class RetryAfter {
    private static final Pattern SECONDS = Pattern.compile("\\d+");
    private static final Pattern RATE_LIMIT = Pattern.compile(".*\\bt=(\\d+).*");

    /** More digits than these mean longer than anybody waits. */
    private static final int MAX_DIGITS = 9;

    private RetryAfter() {}

    /** Null if the answer does not say, or not so that it can be understood. */
    static @Nullable Duration of(Http.Answer answer, Instant now) {
        String text = answer.header("Retry-After").strip();
        if (SECONDS.matcher(text).matches()) {
            return seconds(text);
        }
        Instant then = date(text);
        if (then != null) {
            // By the server's own clock, where it sends that: ours may be wrong.
            Instant itsNow = date(answer.header("Date").strip());
            Duration wait = Duration.between(itsNow == null ? now : itsNow, then);
            return wait.isNegative() ? Duration.ZERO : wait;
        }
        Matcher limit = RATE_LIMIT.matcher(answer.header("RateLimit"));
        return text.isEmpty() && limit.matches() ? seconds(limit.group(1)) : null;
    }

    private static Duration seconds(String digits) {
        String plain = digits.replaceFirst("^0+(?=.)", "");
        return Duration.ofSeconds(
                Long.parseLong(plain.length() > MAX_DIGITS ? "9".repeat(MAX_DIGITS) : plain));
    }

    private static @Nullable Instant date(String text) {
        try {
            return text.isEmpty()
                    ? null
                    : DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from);
        } catch (DateTimeParseException e) {
            return null;
        }
    }
}

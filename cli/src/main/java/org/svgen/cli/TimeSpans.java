package org.svgen.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;

/** Lengths of time as people write them: {@code 10s}, {@code 2m}, {@code 12h}, {@code 7d}. */
final class TimeSpans {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,9})([smhd])");

    private TimeSpans() {}

    /**
     * @throws BadInputException naming the field
     */
    static Duration parse(Field field, String text) {
        Matcher found = FORM.matcher(text);
        if (!found.matches()) {
            throw BadInputException.of(field, "a time such as 10s, 2m, 12h or 7d", text);
        }
        long count = Long.parseLong(found.group(1));
        return switch (found.group(2)) {
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            case "h" -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }
}

package org.svgen.server.job;

import java.security.SecureRandom;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name of a job, which nobody can guess.
 *
 * @param value {@code video_} and 24 to 58 letters and digits
 */
public record JobId(String value) {
    private static final Pattern FORM = Pattern.compile("video_[A-Za-z0-9]{24,58}");
    private static final String LETTERS =
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int LENGTH = 32; // 190 bits
    private static final SecureRandom RANDOM = new SecureRandom();

    /**
     * Checks the form.
     *
     * @throws IllegalArgumentException if it is not one
     */
    public JobId {
        Objects.requireNonNull(value, "value");
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("not the id of a job");
        }
    }

    /**
     * {@return what a client sent as an id; nothing if it has not the form of one}
     *
     * @param text any text
     */
    public static Optional<JobId> parse(String text) {
        Objects.requireNonNull(text, "text");
        return FORM.matcher(text).matches() ? Optional.of(new JobId(text)) : Optional.empty();
    }

    /** {@return a new one} */
    public static JobId random() {
        StringBuilder value = new StringBuilder("video_");
        for (int i = 0; i < LENGTH; i++) {
            value.append(LETTERS.charAt(RANDOM.nextInt(LETTERS.length())));
        }
        return new JobId(value.toString());
    }

    @Override
    public String toString() {
        return value;
    }
}

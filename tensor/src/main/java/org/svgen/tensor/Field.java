package org.svgen.tensor;

import java.util.Objects;

/**
 * A setting that a program gives, as messages name it. The library says {@code sampledRows}; a
 * command line may say {@code --sampled-rows} and a file {@code sampled_rows}.
 *
 * @param name as Java spells it: {@code sampledRows}
 */
public record Field(String name) {
    /** Checks that nothing is null that must be there. */
    public Field {
        Objects.requireNonNull(name, "name");
    }

    /**
     * {@return {@code sampled-rows} or {@code sampled_rows}, by what {@code joint} is} A number is
     * a word: {@code guidance-2}.
     *
     * @param name of a field, in camelCase
     * @param joint put between words
     */
    public static String words(String name, String joint) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(joint, "joint");
        StringBuilder words = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (Character.isUpperCase(c) || isNumber(name, i)) {
                words.append(joint);
            }
            words.append(Character.toLowerCase(c));
        }
        return words.toString();
    }

    private static boolean isNumber(String name, int at) {
        return Character.isDigit(name.charAt(at))
                && at > 0
                && !Character.isDigit(name.charAt(at - 1));
    }

    @Override
    public String toString() {
        return name;
    }
}

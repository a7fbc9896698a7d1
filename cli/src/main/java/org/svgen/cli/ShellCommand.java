package org.svgen.cli;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A command that a message names: whoever copies it into a shell gives svgen the same words. A word
 * that needs quotes has double ones, since messages set commands in single ones. Only what means
 * something in double quotes is in single ones.
 */
final class ShellCommand {
    private static final Pattern PLAIN =
            Pattern.compile("[\\p{L}\\p{N}_@%+:,./-][\\p{L}\\p{N}_@%+=:,./~-]*");
    private static final Pattern SPECIAL = Pattern.compile("[\"$`\\\\!]");

    private final StringBuilder text;

    /**
     * No word behind the command's name yet.
     *
     * @param name such as generate
     */
    ShellCommand(String name) {
        this.text = new StringBuilder("svgen ").append(name);
    }

    /** With a file or folder that stands alone. */
    ShellCommand file(Object path) {
        String word = path.toString();
        text.append(' ').append(quoted(word.startsWith("-") ? "./" + word : word));
        return this;
    }

    /** With an option, if it was given. */
    ShellCommand option(String name, @Nullable Object value) {
        if (value != null) {
            String word = value.toString();
            // What begins as an option does is taken for one, but behind "=".
            text.append(' ').append(name).append(word.startsWith("-") ? '=' : ' ');
            text.append(quoted(word));
        }
        return this;
    }

    private static String quoted(String word) {
        if (PLAIN.matcher(word).matches()) {
            return word;
        }
        return SPECIAL.matcher(word).find()
                ? "'" + word.replace("'", "'\\''") + "'"
                : '"' + word + '"';
    }

    @Override
    public String toString() {
        return text.toString();
    }
}

package org.svgen.hub;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.svgen.checkpoint.Untrusted;
import org.svgen.tensor.BadInputException;

/**
 * A file of weights by itself on the hub, such as an adapter: {@code ORG/NAME[@REVISION]}, which
 * has one alone, or {@code ORG/NAME[@REVISION]/FILE}.
 *
 * @param repo that has it
 * @param name in the repository, separated by {@code /}; none for the only one
 */
public record HubFile(ModelId repo, Optional<String> name) {
    /** Ends of names of such files. */
    static final String END = ".safetensors";

    private static final Pattern SHAPE = Pattern.compile("([^/]+/[^/]+)(?:/(.+))?");

    /** Checks that nothing is null. */
    public HubFile {
        Objects.requireNonNull(repo, "repo");
        Objects.requireNonNull(name, "name");
    }

    /**
     * {@return true if {@code text} can name such a file}
     *
     * @param text what a user wrote
     */
    public static boolean isMeantBy(String text) {
        Objects.requireNonNull(text, "text");
        Matcher m = SHAPE.matcher(text);
        return m.matches()
                && ModelId.isMeantBy(m.group(1))
                && !(m.group(2) == null && text.endsWith(END));
    }

    /**
     * Reads the name of such a file.
     *
     * @param text what a user wrote
     * @return the file
     * @throws BadInputException if {@code text} names none
     */
    public static HubFile parse(String text) {
        Objects.requireNonNull(text, "text");
        Matcher m = SHAPE.matcher(text);
        if (!m.matches()) {
            throw new BadInputException(
                    "%s: expected ORG/NAME or ORG/NAME/FILE".formatted(Untrusted.quoted(text)));
        }
        Optional<String> name = Optional.ofNullable(m.group(2));
        name.ifPresent(n -> RemoteFile.of(n, "", "")); // leads nowhere else
        return new HubFile(ModelId.parse(m.group(1)), name);
    }

    /** What names it on a command line. */
    @Override
    public String toString() {
        return name.map(n -> repo + "/" + n).orElseGet(repo::toString);
    }
}

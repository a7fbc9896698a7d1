package org.svgen.hub;

import java.util.Objects;
import java.util.regex.Pattern;
import org.svgen.checkpoint.Untrusted;
import org.svgen.tensor.BadInputException;

/**
 * A model on the hub: {@code ORG/NAME}, or {@code ORG/NAME@REVISION}.
 *
 * @param org its owner on the hub
 * @param name its name there
 * @param revision a branch, a tag, a pull request's ref or a commit
 */
public record ModelId(String org, String name, String revision) {
    /** Checks that nothing is null that must be there. */
    public ModelId {
        Objects.requireNonNull(org, "org");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(revision, "revision");
    }

    /** The revision that is meant when none is given. */
    public static final String MAIN = "main";

    // As huggingface_hub's validators have it; such names are folder names too.
    private static final String PART = "[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?";
    private static final Pattern SHAPE = Pattern.compile(PART + "/" + PART + "(@.*)?");
    private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+-]*");
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
    private static final int MAX_LENGTH = 96;

    /**
     * {@return true if {@code text} is meant to name a model on the hub, rightly or wrongly}
     *
     * @param text what a user wrote
     */
    public static boolean isMeantBy(String text) {
        Objects.requireNonNull(text, "text");
        return SHAPE.matcher(text).matches();
    }

    /**
     * Reads the name of a model.
     *
     * @param text what a user wrote
     * @return the model
     * @throws BadInputException if {@code text} is not of the form {@code ORG/NAME[@REVISION]}
     */
    public static ModelId parse(String text) {
        Objects.requireNonNull(text, "text");
        int at = text.indexOf('@');
        String repo = at < 0 ? text : text.substring(0, at);
        String revision = at < 0 ? MAIN : text.substring(at + 1);
        if (!SHAPE.matcher(repo).matches()
                || repo.length() > MAX_LENGTH
                || repo.contains("--")
                || repo.contains("..")
                || repo.endsWith(".git")) {
            throw new BadInputException(
                    "%s: expected ORG/NAME or ORG/NAME@REVISION, as in THUDM/CogVideoX-2b"
                            .formatted(Untrusted.quoted(text)));
        }
        for (String part : revision.split("/", -1)) {
            if (!REVISION.matcher(part).matches()
                    || part.contains("..")
                    || part.endsWith(".lock")) {
                throw new BadInputException(
                        "%s: expected a branch, a tag or a commit after the @, found %s"
                                .formatted(repo, Untrusted.quoted(revision)));
            }
        }
        int slash = repo.indexOf('/');
        return new ModelId(repo.substring(0, slash), repo.substring(slash + 1), revision);
    }

    /** {@return {@code ORG/NAME}} */
    public String repo() {
        return org + "/" + name;
    }

    /** True if the revision is a full commit hash, which never comes to mean something else. */
    boolean isCommit() {
        return isCommit(revision);
    }

    static boolean isCommit(String text) {
        return COMMIT.matcher(text).matches();
    }

    /** What names it on a command line. */
    @Override
    public String toString() {
        return revision.equals(MAIN) ? repo() : repo() + "@" + revision;
    }
}

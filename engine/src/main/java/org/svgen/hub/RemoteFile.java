package org.svgen.hub;

import java.util.regex.Pattern;
import org.svgen.checkpoint.Untrusted;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;

/**
 * A file of a repository, as the hub tells of it.
 *
 * @param name separated by {@code /}; leads nowhere but down
 * @param size bytes, or -1 where the hub did not say
 * @param hash SHA-256 or git's SHA-1, in hex; empty where the hub did not say
 */
record RemoteFile(String name, long size, String hash) {
    private static final Pattern PART = Pattern.compile("[^/\\\\:\\p{Cntrl}]+");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

    RemoteFile {
        for (String part : name.split("/", -1)) {
            // Names become paths of ours, and hashes names of files: neither may lead elsewhere.
            if (!PART.matcher(part).matches() || part.equals(".") || part.equals("..")) {
                throw new BadInputException(
                        "the hub lists a file that would lie outside of the model's folder, so"
                                + " nothing was downloaded: "
                                + Untrusted.quoted(name));
            }
        }
        if (!hash.isEmpty() && !HASH.matcher(hash).matches()) {
            throw new SvgenException(
                    "%s: expected a SHA-256 or SHA-1 from the hub, found %s"
                            .formatted(name, Untrusted.quoted(hash)));
        }
    }

    /** True if size and hash are known. */
    boolean isKnown() {
        return size >= 0 && !hash.isEmpty();
    }
}

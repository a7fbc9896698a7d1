package org.svgen.hub;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.svgen.checkpoint.Untrusted;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.SvgenException;

/**
 * A file of a repository, as the hub describes it.
 *
 * @param name separated by {@code /}; leads nowhere but down, but for a colon on Windows
 * @param size bytes, or -1 where the hub did not say
 * @param hash SHA-256 or git's SHA-1, in hex; empty where the hub did not say
 */
record RemoteFile(String name, long size, String hash) {
    /** Without controls, and without halves of characters, which are no text. */
    private static final Pattern PART = Pattern.compile("[^/\\\\\\p{Cc}\\p{Cs}]+");

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
    private static final Pattern NUMBER = Pattern.compile("\\d{1,14}");

    /** File systems take no longer names. */
    private static final int MAX_PART_BYTES = 255;

    private static final int MAX_NAME_BYTES = 1024;

    /** 70 TB: sums of such sizes do not overflow. */
    static final long MAX_FILE_BYTES = 1L << 46;

    RemoteFile {
        for (String part : name.split("/", -1)) {
            // Names become paths of ours, and hashes names of files: neither may lead elsewhere.
            if (!PART.matcher(part).matches() || part.equals(".") || part.equals("..")) {
                throw new BadInputException(
                        "the hub lists a file that would lie outside of the model's folder, or"
                                + " has a name that no file can have, so nothing was downloaded: "
                                + Untrusted.quoted(name));
            }
            if (bytes(part) > MAX_PART_BYTES || bytes(name) > MAX_NAME_BYTES) {
                throw new BadInputException(
                        "the hub lists a file whose name is too long, so nothing was downloaded: "
                                + Untrusted.quoted(name));
            }
        }
        if (!hash.isEmpty() && !HASH.matcher(hash).matches()) {
            throw new SvgenException(
                    "%s: expected a SHA-256 or SHA-1 from the hub, found %s"
                            .formatted(name, Untrusted.quoted(hash)));
        }
    }

    /**
     * Of what the hub wrote.
     *
     * @param size digits; empty if it is not given
     * @param hash in quotes or not; empty if it is not given
     * @throws SvgenException if they are no size and no hash
     */
    static RemoteFile of(String name, String size, String hash) {
        boolean number = NUMBER.matcher(size).matches();
        RemoteFile file =
                new RemoteFile(
                        name,
                        number ? Long.parseLong(size) : -1,
                        hash.replaceAll("^W/", "").replace("\"", ""));
        if (!size.isEmpty() && (!number || file.size > MAX_FILE_BYTES)) {
            throw new SvgenException(
                    "%s: expected a size from 0 to %d bytes from the hub, found %s"
                            .formatted(name, MAX_FILE_BYTES, Untrusted.quoted(size)));
        }
        return file;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** True if size and hash are known. */
    boolean isKnown() {
        return size >= 0 && !hash.isEmpty();
    }
}

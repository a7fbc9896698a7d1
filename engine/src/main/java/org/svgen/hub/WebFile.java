package org.svgen.hub;

import java.net.URI;
import java.util.Objects;

/**
 * A file somewhere in the web of which size and hash are known.
 *
 * @param name of the file here
 * @param address where it is
 * @param size in bytes
 * @param sha256 of its bytes, in hex
 */
public record WebFile(String name, URI address, long size, String sha256) {
    /** Checks that nothing is null. */
    public WebFile {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(sha256, "sha256");
    }

    Content content() {
        return new Content(size, sha256);
    }
}

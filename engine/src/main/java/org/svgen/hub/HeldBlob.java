package org.svgen.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/**
 * A content that the cache holds under another repository. Its hash is the same, so it need not be
 * fetched again.
 *
 * @param repo ORG/NAME of that repository
 * @param blob where it lies
 */
public record HeldBlob(String repo, Path blob) {
    /** Checks that nothing is null. */
    public HeldBlob {
        Objects.requireNonNull(repo, "repo");
        Objects.requireNonNull(blob, "blob");
    }

    /**
     * Gives the content a second name, which takes no room.
     *
     * @return false where the file system has no such links, or the content has gone
     */
    boolean link(Path to) throws IOException {
        Path once = Snapshot.unique(to);
        Files.createDirectories(to.resolveSibling("."));
        try {
            Files.createLink(once, blob.toRealPath());
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
        try {
            Files.move(once, to, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            // It stays where both names are of one file already.
            Files.deleteIfExists(once);
        }
        return true;
    }
}

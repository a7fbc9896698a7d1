package org.svgen.hub;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A snapshot of a model in the cache, complete or not.
 *
 * @param id with the revision by which it is known here
 * @param commit of the snapshot
 * @param folder the snapshot of {@code commit}
 */
public record CachedModel(ModelId id, String commit, Path folder) {
    /** Checks that nothing is null that must be there. */
    public CachedModel {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(commit, "commit");
        Objects.requireNonNull(folder, "folder");
    }
}

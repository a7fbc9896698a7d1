package org.svgen.hub;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a model's card says of its licence.
 *
 * @param id as the hub abbreviates it: {@code apache-2.0}, {@code other}; null if not stated
 * @param name what its authors call it, where the id is {@code other}
 * @param link its text, or the model's page
 */
public record Licence(@Nullable String id, @Nullable String name, String link) {
    /** Checks that nothing is null that must be there. */
    public Licence {
        Objects.requireNonNull(link, "link");
    }

    /** {@code apache-2.0, https://...}; {@code other (cogvideox-license), https://...}. */
    @Override
    public String toString() {
        String what = id == null ? "not stated" : name == null ? id : "%s (%s)".formatted(id, name);
        return what + ", " + link;
    }
}

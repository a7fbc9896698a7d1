package org.svgen.server.keys;

import java.util.Objects;
import java.util.Set;

/**
 * Who sent a request.
 *
 * @param name of the key; empty where the service has no keys
 * @param scopes what the caller may do
 */
public record Caller(String name, Set<Scope> scopes) {
    /** Where the service has no keys, everybody who reaches it may do everything. */
    public static final Caller ANYBODY = new Caller("", Set.of(Scope.ADMIN));

    /** Keeps a copy of the scopes. */
    public Caller {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(scopes, "scopes");
        scopes = Set.copyOf(scopes);
    }

    /**
     * {@return whether the caller may do what asks for a scope}
     *
     * @param needed what is asked for
     */
    public boolean may(Scope needed) {
        return scopes.stream().anyMatch(scope -> scope.grants(needed));
    }

    /**
     * {@return whether the caller may see what belongs to a key}
     *
     * @param owner name of a key
     */
    public boolean sees(String owner) {
        return name.equals(owner) || may(Scope.ADMIN);
    }
}

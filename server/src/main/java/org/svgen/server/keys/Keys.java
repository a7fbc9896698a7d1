package org.svgen.server.keys;

import java.util.Optional;

/** Tells who a caller is. Thread-safe. */
public interface Keys {
    /** Without keys: everybody may do everything. */
    Keys NONE =
            new Keys() {
                @Override
                public boolean asked() {
                    return false;
                }

                @Override
                public Optional<Caller> caller(String key) {
                    return Optional.of(Caller.ANYBODY);
                }
            };

    /** {@return whether callers must bring a key} */
    boolean asked();

    /**
     * {@return who has a key; nobody if it is none}
     *
     * @param key that a request brought
     */
    Optional<Caller> caller(String key);
}

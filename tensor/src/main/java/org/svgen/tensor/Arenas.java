package org.svgen.tensor;

import java.lang.foreign.Arena;

/** The end of native memory that several may ask to free. */
public final class Arenas {
    private Arenas() {}

    /**
     * Frees an arena, once: closing it again does nothing.
     *
     * @param shared between threads
     */
    public static void close(Arena shared) {
        synchronized (shared) {
            if (shared.scope().isAlive()) {
                shared.close();
            }
        }
    }
}

package org.svgen.server.store;

import java.time.InstantSource;
import java.util.Objects;
import java.util.function.DoubleConsumer;

/**
 * What a store is opened with.
 *
 * @param clock of a store on this machine; a shared one goes by its own
 * @param commitSeconds told after each commit how long it took
 */
public record StoreSettings(InstantSource clock, DoubleConsumer commitSeconds) {
    /** Checks that both are there. */
    public StoreSettings {
        Objects.requireNonNull(clock, "clock");
        Objects.requireNonNull(commitSeconds, "commitSeconds");
    }

    /** {@return the system's clock, and nobody is told} */
    public static StoreSettings plain() {
        return new StoreSettings(InstantSource.system(), _ -> {});
    }
}

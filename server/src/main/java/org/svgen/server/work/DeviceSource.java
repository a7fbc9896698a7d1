package org.svgen.server.work;

import java.util.Objects;
import java.util.function.Supplier;
import org.svgen.tensor.device.Backend;

/**
 * A device that makes videos.
 *
 * @param name as users call it: {@code cuda:0}
 * @param opener opens it, again after it was lost
 */
public record DeviceSource(String name, Supplier<Backend> opener) {
    /** Checks that both are there. */
    public DeviceSource {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(opener, "opener");
    }
}

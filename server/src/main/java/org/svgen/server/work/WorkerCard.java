package org.svgen.server.work;

import java.util.Objects;
import java.util.Optional;

/**
 * A device that makes videos in this process, as clients are told of it.
 *
 * @param name {@code cuda:0}; as users call it while it is not open: {@code auto}
 * @param opened what it is; none while it is not open
 * @param unready why it takes no jobs, in one line; none if it does
 */
public record WorkerCard(String name, Optional<Opened> opened, Optional<String> unready) {
    /**
     * What is known of a device once it is open.
     *
     * @param name {@code cuda:0}
     * @param summary the device, in words
     * @param memoryBytes that a run may take
     */
    public record Opened(String name, String summary, long memoryBytes) {
        /** Checks that nothing is null. */
        public Opened {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(summary, "summary");
        }

        /** {@return which kind of device computes: {@code cuda}} */
        public String backend() {
            int number = name.indexOf(':');
            return number < 0 ? name : name.substring(0, number);
        }
    }

    /** Checks that nothing is null. */
    public WorkerCard {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(opened, "opened");
        Objects.requireNonNull(unready, "unready");
    }
}

package org.svgen.server.http;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.svgen.server.store.QueueLimits;
import org.svgen.server.wire.BodyLimits;

/**
 * How the service is reached, and by whom.
 *
 * @param address that it listens on
 * @param port that it listens on; 0 for any that is free
 * @param hosts names that requests may call it by, besides those of the address
 * @param cors origins of pages that may use it
 * @param aliases other names of models
 * @param fitSize whether a size that a model does not make becomes the nearest that it makes
 * @param limits how much is taken
 */
public record HttpSettings(
        InetAddress address,
        int port,
        List<String> hosts,
        List<String> cors,
        Map<String, String> aliases,
        boolean fitSize,
        Limits limits) {
    /** Keeps copies. */
    public HttpSettings {
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(limits, "limits");
        hosts = List.copyOf(hosts);
        cors = List.copyOf(cors);
        aliases = Map.copyOf(aliases);
    }

    /**
     * How much is taken.
     *
     * @param queue videos that may wait
     * @param body of a request
     * @param createsPerSecond requests of one key that make videos
     * @param othersPerMinute other requests of one key
     * @param connections at once
     * @param idle how long a connection may be silent, between requests or within a head
     */
    public record Limits(
            QueueLimits queue,
            BodyLimits body,
            double createsPerSecond,
            double othersPerMinute,
            int connections,
            Duration idle) {
        /** What holds where an operator says nothing. */
        public static final Limits USUAL =
                new Limits(
                        new QueueLimits(100, 100),
                        BodyLimits.USUAL,
                        10,
                        600,
                        1024,
                        Duration.ofSeconds(20));

        /** Checks that nothing is null. */
        public Limits {
            Objects.requireNonNull(queue, "queue");
            Objects.requireNonNull(body, "body");
            Objects.requireNonNull(idle, "idle");
        }

        /**
         * {@return the same with another queue}
         *
         * @param other videos that may wait
         */
        public Limits with(QueueLimits other) {
            return new Limits(other, body, createsPerSecond, othersPerMinute, connections, idle);
        }

        /** {@return event streams at once; some connections are left for everything else} */
        int streams() {
            return Math.max(1, connections - connections / 8);
        }
    }
}

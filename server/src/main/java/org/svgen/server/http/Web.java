package org.svgen.server.http;

import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import org.svgen.server.keys.Tickets;
import org.svgen.server.wire.PictureLoader;

/** The service by HTTP, while it runs. */
public final class Web implements AutoCloseable {
    private final HttpServer server;
    private final EventHub hub;
    private final AtomicBoolean stopping;

    private Web(HttpServer server, EventHub hub, AtomicBoolean stopping) {
        this.server = server;
        this.hub = hub;
        this.stopping = stopping;
    }

    /**
     * Starts it; when this returns, requests are answered.
     *
     * @param settings how it is reached
     * @param parts what answers come from
     * @param version of the service
     * @return for the caller to close
     * @throws org.svgen.tensor.BadInputException if the port is taken
     */
    public static Web start(HttpSettings settings, Parts parts, String version) {
        AtomicBoolean stopping = new AtomicBoolean();
        Views views = new Views(parts.store(), parts.live(), parts.desk());
        EventHub hub = new EventHub(parts.store(), parts.live(), views, parts.watch().log());
        Tickets tickets = new Tickets(InstantSource.system());
        HttpSettings.Limits limits = settings.limits();
        Health health =
                new Health(
                        parts.store(), parts.workers(), parts.watch().metrics(), version, stopping);
        Dispatcher dispatcher =
                new Dispatcher(
                        new Hosts(
                                !parts.keys().asked(),
                                settings.address(),
                                settings.hosts(),
                                settings.cors()),
                        new Router(routes(settings, parts, views, hub, tickets, health).all()),
                        new Doorkeeper(
                                parts.keys(),
                                tickets,
                                new Rates(
                                        limits.createsPerSecond(),
                                        Math.max(1, limits.createsPerSecond()),
                                        System::nanoTime),
                                new Rates(
                                        limits.othersPerMinute() / 60,
                                        Math.max(1, limits.othersPerMinute()),
                                        System::nanoTime)),
                        parts.watch().observed(),
                        parts.watch().log(),
                        parts.watch().access());
        try {
            HttpServer server =
                    HttpServer.start(settings.address(), settings.port(), limits, dispatcher);
            return new Web(server, hub, stopping);
        } catch (RuntimeException e) {
            hub.close();
            throw e;
        }
    }

    static Routes routes(
            HttpSettings settings,
            Parts parts,
            Views views,
            EventHub hub,
            Tickets tickets,
            Health health) {
        HttpSettings.Limits limits = settings.limits();
        Jobs jobs = new Jobs(parts.store());
        Orders orders = new Orders(parts.desk(), settings.aliases(), settings.fitSize());
        Bodies bodies = new Bodies(limits.body(), parts.spool());
        return new Routes(
                new Creation(
                        parts.store(),
                        parts.live(),
                        parts.workers(),
                        jobs,
                        bodies,
                        new PictureFiles(
                                new PictureLoader(limits.body().pixels(), parts.fetch()),
                                parts.blobs()),
                        orders,
                        new Plans(parts.desk(), parts.store()),
                        views,
                        limits.queue(),
                        new IdempotencyKeys(),
                        health::closed,
                        parts.webhooks()),
                new Listing(parts.store(), views),
                new Changes(
                        parts.store(),
                        parts.blobs(),
                        parts.live(),
                        parts.workers(),
                        jobs,
                        bodies,
                        views),
                new Contents(parts.blobs(), parts.live(), jobs),
                new EventRoutes(
                        parts.store(),
                        views,
                        hub,
                        tickets,
                        parts.watch().observed(),
                        limits.streams()),
                new QueueRoutes(parts.store(), parts.workers(), hub::queueChanged),
                new ModelRoutes(orders),
                health,
                new ApiDocs(),
                new Site(),
                jobs,
                views);
    }

    /** {@return the port that it listens on} */
    public int port() {
        return server.port();
    }

    /** From now on it is not ready, and takes no more videos; all else is answered. */
    public void stopping() {
        stopping.set(true);
    }

    /** Ends event streams, then all other answers, which have a few seconds. */
    @Override
    public void close() {
        stopping();
        hub.close();
        server.close();
    }
}

package org.svgen.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.Consumer;
import org.svgen.files.Reasons;
import org.svgen.files.Scratch;
import org.svgen.server.blob.BlobPlaces;
import org.svgen.server.blob.Blobs;
import org.svgen.server.http.Parts;
import org.svgen.server.http.Web;
import org.svgen.server.keys.KeyFile;
import org.svgen.server.keys.Keys;
import org.svgen.server.metrics.Metrics;
import org.svgen.server.net.AddressRules;
import org.svgen.server.net.Outbound;
import org.svgen.server.retention.Keeper;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.StoreSettings;
import org.svgen.server.store.sql.JobStores;
import org.svgen.server.webhook.Secrets;
import org.svgen.server.webhook.Webhooks;
import org.svgen.server.work.DiskReserve;
import org.svgen.server.work.ModelSource;
import org.svgen.server.work.WorkerPool;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Field;

/** A service that runs. */
public final class Service implements AutoCloseable {
    private static final int MOST_PICTURE_BYTES = 20 << 20;
    private static final Duration FETCH = Duration.ofSeconds(10);

    /** How often metrics look at what has ended, so that little is deleted before they saw it. */
    private static final Duration LOOK = Duration.ofSeconds(5);

    private final InetAddress address;
    private final Web web;
    private final Opened opened;

    private Service(InetAddress address, Web web, Opened opened) {
        this.address = address;
        this.web = web;
        this.opened = opened;
    }

    /**
     * Starts a service; when this returns, requests are answered, and models are being opened.
     *
     * @param settings what it is started with
     * @param log gets lines for whoever runs it
     * @param access gets a line for each request
     * @return the service, for the caller to close
     * @throws BadInputException in one line, if the port or the data folder is in use, or something
     *     that it needs is not there
     */
    public static Service start(Settings settings, Consumer<String> log, Consumer<String> access) {
        Objects.requireNonNull(settings, "settings");
        Objects.requireNonNull(log, "log");
        Objects.requireNonNull(access, "access");
        Opened opened = new Opened(log);
        try {
            return new Service(
                    settings.http().address(), open(settings, log, access, opened), opened);
        } catch (IOException e) {
            opened.close();
            throw new BadInputException(
                    "cannot use the folder %s: %s"
                            .formatted(settings.places().data(), Reasons.of(e)),
                    e);
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private static Web open(
            Settings settings, Consumer<String> log, Consumer<String> access, Opened opened)
            throws IOException {
        Keys keys = keys(settings, log);
        InstantSource clock = InstantSource.system();
        Path data = settings.places().data();
        Files.createDirectories(data);
        Metrics metrics = new Metrics(settings.version());
        JobStore store =
                opened.add(
                        JobStores.open(
                                settings.places().store(),
                                data,
                                new StoreSettings(clock, metrics.commits())));
        Blobs blobs = opened.add(BlobPlaces.open(settings.places().blobs(), data.resolve("files")));
        metrics.of(
                store,
                blobs,
                settings.work().models().stream().map(ModelSource::name).toList(),
                clock);
        opened.add(Regularly.every(LOOK, metrics::look));
        WorkerPool pool =
                opened.add(
                        new WorkerPool(
                                new WorkerPool.Places(
                                        store,
                                        blobs,
                                        data,
                                        new DiskReserve(
                                                DiskReserve.Space.of(blobs.folder().orElse(data)),
                                                settings.places().reserve())),
                                settings.work().models(),
                                settings.work().devices(),
                                settings.work().settings(),
                                metrics.runs(),
                                log));
        pool.open(); // models are loaded while the rest starts
        Outbound outbound = new Outbound(AddressRules.of(settings.outside().privateHosts()));
        Parts parts =
                new Parts(
                        store,
                        blobs,
                        pool.desk(),
                        pool.live(),
                        pool,
                        keys,
                        address -> fetched(settings, outbound, address),
                        outbound.rules()::require,
                        new Parts.Watch(metrics.requests(), metrics, log, access),
                        opened.add(Scratch.in(data, "uploads")).path());
        sideWork(settings, parts, outbound, clock, opened);
        Web web = opened.add(Web.start(settings.http(), parts, settings.version()));
        // In the order of a stop: not ready, runs behind their checkpoints, then all answers end.
        opened.then(pool::drain);
        opened.then(web::stopping);
        pool.start();
        return web;
    }

    /** What goes on beside requests and runs. */
    private static void sideWork(
            Settings settings, Parts parts, Outbound outbound, InstantSource clock, Opened opened) {
        Consumer<String> log = parts.watch().log();
        Webhooks webhooks =
                opened.add(
                        new Webhooks(
                                parts.store().outbox(),
                                settings.outside()
                                        .secrets()
                                        .map(Secrets::of)
                                        .orElseGet(
                                                () -> Secrets.ofService(settings.places().data())),
                                outbound,
                                clock,
                                log));
        webhooks.start();
        opened.add(parts.store().watch(_ -> webhooks.wake()));
        opened.add(
                        new Keeper(
                                parts.store(),
                                parts.blobs(),
                                settings.places().keep(),
                                clock,
                                settings.places().data(),
                                log))
                .start();
    }

    /** Without keys a service is for its own machine, unless somebody says otherwise aloud. */
    private static Keys keys(Settings settings, Consumer<String> log) {
        Settings.Callers callers = settings.callers();
        if (callers.keys().isPresent()) {
            return KeyFile.of(callers.keys().get(), log);
        }
        InetAddress address = settings.http().address();
        if (!callers.anybody() && !address.isLoopbackAddress()) {
            throw BadInputException.of(
                    new Field("host"),
                    "an address of this machine alone, where there are no keys",
                    address.getHostAddress());
        }
        return Keys.NONE;
    }

    private static byte[] fetched(Settings settings, Outbound outbound, URI address) {
        if (!settings.outside().fetch()) {
            throw new BadInputException(
                    "this service fetches no pictures; send the picture itself");
        }
        try {
            return outbound.get(address, MOST_PICTURE_BYTES, FETCH);
        } catch (IOException e) {
            throw new BadInputException("it could not be fetched", e);
        }
    }

    /** {@return what addresses of the service begin with: {@code http://127.0.0.1:8000}} */
    public String url() {
        String host = address.getHostAddress();
        return "http://%s:%d".formatted(host.contains(":") ? "[" + host + "]" : host, web.port());
    }

    /**
     * Stops in good order: it is not ready any more, runs end behind a checkpoint and are given
     * back, streams and answers end, the store is closed. Closing twice does nothing more.
     */
    @Override
    public void close() {
        opened.close();
    }
}

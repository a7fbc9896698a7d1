package org.svgen.server.metrics;

import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;
import org.svgen.server.blob.Blobs;
import org.svgen.server.http.Exposition;
import org.svgen.server.http.Observed;
import org.svgen.server.store.JobStore;
import org.svgen.server.store.StoreException;
import org.svgen.server.work.RunObserver;

/**
 * The metrics of a service. What counts jobs is read from the store; what measures time begins with
 * the process. No label holds a prompt, an id, or a text of a client.
 */
public final class Metrics implements Exposition {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final ExpositionFormats formats = ExpositionFormats.init();
    private final RunMetrics runs = new RunMetrics(registry);
    private final RequestMetrics requests = new RequestMetrics(registry);
    private final Histogram commits =
            new Buckets(registry)
                    .ofWrites(
                            "svgen_store_commit_seconds",
                            "Seconds until the store has kept a change");
    private @Nullable EndedJobs ended;
    private boolean jvm;

    /**
     * Metrics that know neither store nor files yet.
     *
     * @param version of svgen
     */
    public Metrics(String version) {
        Objects.requireNonNull(version, "version");
        Info.builder()
                .name("svgen_build_info")
                .help("Version of svgen")
                .labelNames("version")
                .register(registry)
                .setLabelValues(version);
    }

    /**
     * Adds what store and files know.
     *
     * @param store of jobs
     * @param blobs files of jobs
     * @param models names of those that the service has
     * @param clock of the store
     */
    public void of(JobStore store, Blobs blobs, Collection<String> models, InstantSource clock) {
        registry.register(new StoreMetrics(store, models, clock));
        GaugeWithCallback.builder()
                .name("svgen_disk_free_bytes")
                .help("Bytes that can still be written where results are kept")
                .callback(callback -> free(blobs, callback::call))
                .register(registry);
        synchronized (this) {
            ended = new EndedJobs(store, registry);
        }
    }

    private static void free(Blobs blobs, Consumer<Double> gauge) {
        try {
            OptionalLong free = blobs.free();
            if (free.isPresent()) {
                gauge.accept((double) free.getAsLong());
            }
        } catch (IOException e) {
            // Nobody can tell: then the metric has no value.
        }
    }

    /** {@return hears what runs measure} */
    public RunObserver runs() {
        return runs;
    }

    /** {@return hears of requests} */
    public Observed requests() {
        return requests;
    }

    /** {@return gets the seconds of each commit of the store} */
    public DoubleConsumer commits() {
        return commits::observe;
    }

    /** Looks what has ended; called now and then, so that jobs are seen before they are deleted. */
    public synchronized void look() {
        if (!jvm) {
            JavaMetrics.register(registry); // not earlier: a service starts faster without
            jvm = true;
        }
        try {
            if (ended != null) {
                ended.look();
            }
        } catch (StoreException e) {
            // The next look sees them.
        }
    }

    private ExpositionFormatWriter writer(String accept) {
        return formats.findWriter(accept);
    }

    @Override
    public String contentType(String accept) {
        return writer(accept).getContentType();
    }

    @Override
    public void write(String accept, OutputStream out) throws IOException {
        look();
        writer(accept).write(out, registry.scrape());
    }
}

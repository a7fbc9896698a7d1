package org.svgen.server.metrics;

import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.svgen.server.work.RunObserver;

/** What runs measure. */
final class RunMetrics implements RunObserver {
    private final Histogram steps;
    private final Histogram stages;
    private final Histogram checkpoints;
    private final Gauge density;
    private final Gauge memory;

    RunMetrics(PrometheusRegistry registry) {
        Buckets buckets = new Buckets(registry);
        steps =
                buckets.ofSteps(
                        "svgen_step_duration_seconds",
                        "Seconds of a denoising step",
                        "model",
                        "attention");
        stages =
                buckets.ofLong(
                        "svgen_stage_duration_seconds",
                        "Seconds of a stage of a run",
                        "stage",
                        "model");
        checkpoints = buckets.ofWrites("svgen_checkpoint_seconds", "Seconds to write a checkpoint");
        density =
                Gauge.builder()
                        .name("svgen_density_ratio")
                        .help("Fraction of query-key pairs that the last denoising step kept")
                        .labelNames("model")
                        .register(registry);
        memory =
                Gauge.builder()
                        .name("svgen_device_memory_bytes")
                        .help("Memory of the device in the last run: as planned, and at its peak")
                        .labelNames("kind")
                        .register(registry);
    }

    @Override
    public void step(String model, String attention, double seconds, double kept) {
        steps.labelValues(model, attention).observe(seconds);
        density.labelValues(model).set(kept);
    }

    @Override
    public void stage(String model, String stage, double seconds) {
        stages.labelValues(stage, model).observe(seconds);
    }

    @Override
    public void memory(long planned, long peak) {
        memory.labelValues("planned").set(planned);
        memory.labelValues("peak").set(peak);
    }

    @Override
    public void checkpoint(double seconds) {
        checkpoints.observe(seconds);
    }
}

package org.svgen.server.metrics;

import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/** Histograms of seconds, and where their buckets end. */
final class Buckets {
    /** Of what takes from a moment to hours: jobs and their stages. */
    private static final double[] LONG = {
        0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200
    };

    /** Of denoising steps. */
    private static final double[] STEPS = {0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60, 120};

    /** Of what goes to a disk. */
    private static final double[] WRITES = {
        0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5, 30
    };

    /** Of answers. */
    private static final double[] ANSWERS = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60
    };

    private final PrometheusRegistry registry;

    Buckets(PrometheusRegistry registry) {
        this.registry = registry;
    }

    Histogram ofLong(String name, String help, String... labels) {
        return histogram(name, help, LONG, labels);
    }

    Histogram ofSteps(String name, String help, String... labels) {
        return histogram(name, help, STEPS, labels);
    }

    Histogram ofWrites(String name, String help, String... labels) {
        return histogram(name, help, WRITES, labels);
    }

    Histogram ofAnswers(String name, String help, String... labels) {
        return histogram(name, help, ANSWERS, labels);
    }

    private Histogram histogram(String name, String help, double[] bounds, String... labels) {
        return Histogram.builder()
                .name(name)
                .help(help)
                .labelNames(labels)
                .classicOnly()
                .classicUpperBounds(bounds)
                .register(registry);
    }
}

package org.svgen.server.metrics;

import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.svgen.server.http.Observed;

/** What requests there were, by the names of OpenTelemetry's conventions. */
final class RequestMetrics implements Observed {
    private final Histogram requests;
    private final Gauge streams;

    RequestMetrics(PrometheusRegistry registry) {
        requests =
                new Buckets(registry)
                        .ofAnswers(
                                "http_server_request_duration_seconds",
                                "Seconds from the head of a request to the end of its answer",
                                "http_request_method",
                                "http_route",
                                "http_response_status_code");
        streams =
                Gauge.builder()
                        .name("svgen_sse_connections")
                        .help("Event streams that are open")
                        .register(registry);
    }

    @Override
    public void request(String method, String route, int status, double seconds) {
        requests.labelValues(method, route, String.valueOf(status)).observe(seconds);
    }

    @Override
    public void streams(int open) {
        streams.set(open);
    }
}

package org.svgen.server.metrics;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmClassLoadingMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmCompilationMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryPoolAllocationMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmNativeMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * What the library of Prometheus tells of Java, but for the states of threads and deadlocks: to
 * look at these it stops all threads, and waits for those that compute, up to tens of milliseconds.
 */
final class JavaMetrics {
    private JavaMetrics() {}

    static void register(PrometheusRegistry registry) {
        JvmBufferPoolMetrics.builder().register(registry);
        JvmClassLoadingMetrics.builder().register(registry);
        JvmCompilationMetrics.builder().register(registry);
        JvmGarbageCollectorMetrics.builder().register(registry);
        JvmMemoryMetrics.builder().register(registry);
        JvmMemoryPoolAllocationMetrics.builder().register(registry);
        JvmNativeMemoryMetrics.builder().register(registry);
        JvmRuntimeInfoMetric.builder().register(registry);
        ProcessMetrics.builder().register(registry);
        threads(registry);
    }

    private static void threads(PrometheusRegistry registry) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        GaugeWithCallback.builder()
                .name("jvm_threads_current")
                .help("Threads of the process")
                .callback(callback -> callback.call(threads.getThreadCount()))
                .register(registry);
        GaugeWithCallback.builder()
                .name("jvm_threads_daemon")
                .help("Threads that do not keep the process alive")
                .callback(callback -> callback.call(threads.getDaemonThreadCount()))
                .register(registry);
        GaugeWithCallback.builder()
                .name("jvm_threads_peak")
                .help("Most threads at once")
                .callback(callback -> callback.call(threads.getPeakThreadCount()))
                .register(registry);
        CounterWithCallback.builder()
                .name("jvm_threads_started_total")
                .help("Threads that were started")
                .callback(callback -> callback.call(threads.getTotalStartedThreadCount()))
                .register(registry);
    }
}

package org.svgen.spark;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.svgen.models.Pipelines;
import org.svgen.pipeline.VideoPipeline;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.ranks.Devices;

/**
 * A model on a device, which all tasks of an executor share: it is loaded once and stays until the
 * executor ends. Calls of several tasks wait for each other.
 */
final class Engine {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);
    private static final String GPU = "gpu";

    /** Of this JVM, which is the executor: tasks have no other place in common. */
    private static final Map<String, Engine> OPEN = new ConcurrentHashMap<>();

    private final VideoPipeline pipeline;

    private Engine(String model, String device, BatchOptions options) {
        Backend backend = Devices.open(device, LOG::info);
        try {
            pipeline = Pipelines.openSession(Path.of(model), backend, options.activation(backend));
        } catch (RuntimeException e) {
            backend.close();
            throw e;
        }
        LOG.info("opened {} on {}", model, backend.summary());
    }

    /** That of a task's device. */
    static Engine of(String model, BatchOptions options, TaskContext task) {
        String device = device(task.resourcesJMap()).orElse(options.device());
        return OPEN.computeIfAbsent(
                String.join("\n", model, device, options.dtype()),
                _ -> new Engine(model, device, options));
    }

    /** The GPUs that Spark gave a task; none where it gives none. */
    static Optional<String> device(Map<String, ResourceInformation> resources) {
        ResourceInformation gpus = resources.get(GPU);
        return gpus == null || gpus.addresses().length == 0
                ? Optional.empty()
                : Optional.of("cuda:" + String.join(",", gpus.addresses()));
    }

    VideoPipeline pipeline() {
        return pipeline;
    }
}

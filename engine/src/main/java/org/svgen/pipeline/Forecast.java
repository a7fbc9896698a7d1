package org.svgen.pipeline;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.svgen.pipeline.StepListener.Stage;
import org.svgen.tensor.Backend;

/** About how long a run will take, from a short measurement of its operations on a device. */
public final class Forecast {
    private Forecast() {}

    /**
     * {@return seconds by stage} Takes some seconds itself.
     *
     * @param plan of the run
     * @param backend on which operations are measured
     */
    public static Map<Stage, Double> seconds(Plan plan, Backend backend) {
        Objects.requireNonNull(plan, "plan");
        Objects.requireNonNull(backend, "backend");
        Map<Stage, Double> seconds = new EnumMap<>(Stage.class);
        try (WorkTimer timer = new WorkTimer(backend)) {
            for (StagePlan stage : plan.stages()) {
                double computing = timer.seconds(stage.need().work());
                double waiting = stage.deviceWeightBytes() / timer.uploadBytesPerSecond();
                seconds.put(stage.stage(), computing + waiting);
            }
        }
        return seconds;
    }
}

package org.svgen.forecast;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.svgen.pipeline.CancelledException;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StagePlan;
import org.svgen.pipeline.StepListener;
import org.svgen.run.Cancellation;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Lease;

/** About how long a run will take, from a short measurement of its operations on a device. */
public final class Forecast {
    private Forecast() {}

    /**
     * {@return seconds by stage} As below; an interruption of this thread alone ends it.
     *
     * @param plan of the run
     * @param backend on which operations are measured
     */
    public static Map<Stage, Double> seconds(Plan plan, Backend backend) {
        return seconds(plan, backend, StepListener.SILENT);
    }

    /**
     * {@return seconds by stage} Takes some seconds itself, in which nobody else uses the device.
     *
     * @param plan of the run
     * @param backend on which operations are measured
     * @param listener asked whether to go on
     * @throws CancelledException if the listener asks for it, or this thread is interrupted
     */
    public static Map<Stage, Double> seconds(Plan plan, Backend backend, StepListener listener) {
        Objects.requireNonNull(plan, "plan");
        Objects.requireNonNull(backend, "backend");
        Objects.requireNonNull(listener, "listener");
        Map<Stage, Double> seconds = new LinkedHashMap<>();
        try (Lease alone = backend.lease(new Cancellation(listener));
                WorkTimer timer = new WorkTimer(backend)) {
            for (StagePlan stage : plan.stages()) {
                double computing =
                        timer.seconds(stage.need().work()) / sharers(stage.stage(), backend);
                double waiting = stage.deviceWeightBytes() / timer.uploadBytesPerSecond();
                seconds.put(stage.stage(), computing + waiting);
            }
        }
        return seconds;
    }

    /**
     * Each of several devices is measured with all of the work, and shares that of the denoiser.
     * What they exchange is left out: it takes a few hundredths of the time (docs/ranks.md).
     */
    private static int sharers(Stage stage, Backend backend) {
        return stage.kind() == Stage.Kind.DENOISE ? backend.ranks() : 1;
    }
}

package org.svgen.cli;

import java.util.List;
import java.util.Map;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.StagePlan;
import org.svgen.pipeline.StepListener.Stage;

/** A plan in words. */
final class PlanText {
    private PlanText() {}

    /**
     * {@code 9.30 GB of cuda:0 at most, 24.00 GB may be used; denoise: 20 of 60 layers streamed}.
     */
    static String memory(Plan plan) {
        StringBuilder text = new StringBuilder();
        text.append(
                "%s of %s at most, %s may be used"
                        .formatted(
                                Text.bytes(plan.peakBytes()),
                                plan.device(),
                                Text.bytes(plan.limitBytes())));
        for (StagePlan stage : plan.stages()) {
            if (stage.stream().count() > 0) {
                text.append("; %s: %s".formatted(stage.stage().text(), stage.placement()));
            }
        }
        return text.toString();
    }

    /** A table of the stages. */
    static String stages(List<StagePlan> stages, Map<Stage, Double> seconds) {
        StringBuilder text = new StringBuilder();
        text.append(
                "%-8s  %10s  %10s  %10s  %9s%n"
                        .formatted("stage", "weights", "step", "device", "time"));
        for (StagePlan s : stages) {
            text.append(
                    "%-8s  %10s  %10s  %10s  %9s  %s%n"
                            .formatted(
                                    s.stage().text(),
                                    Text.bytes(s.need().weightBytes()),
                                    Text.bytes(s.need().workspaceBytes()),
                                    Text.bytes(s.bytes()),
                                    Text.seconds(seconds.getOrDefault(s.stage(), 0.0)),
                                    s.placement()));
        }
        return text.toString();
    }
}

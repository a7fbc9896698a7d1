package org.svgen.cli;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StagePlan;

/** A plan in words. */
final class PlanText {
    private static final int SHORTEST = 8;

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
        if (experts(plan) > 1) {
            text.append("; one expert at a time");
        }
        return text.toString();
    }

    private static long experts(Plan plan) {
        return plan.stages().stream()
                .filter(stage -> stage.stage().kind() == Stage.Kind.DENOISE)
                .count();
    }

    /** A table of the stages, with their times if those are known. */
    static String stages(List<StagePlan> stages, Map<Stage, Double> seconds) {
        StringBuilder text = new StringBuilder();
        int name =
                stages.stream()
                        .mapToInt(stage -> stage.stage().text().length())
                        .reduce(SHORTEST, Math::max);
        text.append(
                "%s  %10s  %10s  %10s%s%n"
                        .formatted(
                                padded("stage", name),
                                "weights",
                                "step",
                                "device",
                                seconds.isEmpty() ? "" : "  %9s".formatted("time")));
        for (StagePlan s : stages) {
            text.append(
                    "%s  %10s  %10s  %10s%s  %s%n"
                            .formatted(
                                    padded(s.stage().text(), name),
                                    Text.bytes(s.need().weightBytes()),
                                    Text.bytes(s.need().stepBytes()),
                                    Text.bytes(s.bytes()),
                                    time(seconds.get(s.stage())),
                                    s.placement()));
        }
        return text.toString();
    }

    private static String padded(String text, int length) {
        return text + " ".repeat(length - text.length());
    }

    private static String time(@Nullable Double seconds) {
        return seconds == null ? "" : "  %9s".formatted(Text.seconds(seconds));
    }
}

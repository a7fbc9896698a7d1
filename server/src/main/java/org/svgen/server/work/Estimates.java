package org.svgen.server.work;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StagePlan;

/**
 * How long runs will take, by what earlier runs on the same device took, else by what such devices
 * can do at all.
 */
final class Estimates {
    /**
     * What a device can be trusted with of which nothing is known: within an order of magnitude.
     */
    private static final Span UNKNOWN = new Span(1, 0.3, 4);

    private static final double CPU_CORE_RATE = 2e10; // units of cost a second
    private static final double GPU_RATE = 2e14;

    private static final String WHOLE = "whole";

    private final Pace pace;

    Estimates(Pace pace) {
        this.pace = pace;
    }

    /** How long each stage takes. */
    Map<Stage, Span> stages(String model, Request request, Plan plan) {
        Map<Stage, Span> spans = new LinkedHashMap<>();
        for (StagePlan stage : plan.stages()) {
            double cost = stage.need().work().cost();
            spans.put(
                    stage.stage(),
                    pace.span(key(model, request, plan, stage.stage()), cost)
                            .orElseGet(() -> unknown(plan, cost)));
        }
        return spans;
    }

    /** How long a run takes in all. */
    static Span sum(Map<Stage, Span> stages) {
        return stages.values().stream().reduce(Span.NONE, Span::plus);
    }

    /** How long jobs of a model take, whatever they ask for; none before the first. */
    OptionalDouble usual(String model) {
        Optional<Span> whole = pace.span(model + " " + WHOLE, 1);
        return whole.isPresent() ? OptionalDouble.of(whole.get().likely()) : OptionalDouble.empty();
    }

    /** A run has ended that was not broken off in between. */
    void learn(String model, Request request, Plan plan, Report report) {
        for (StagePlan stage : plan.stages()) {
            Double seconds = report.stageSeconds().get(stage.stage());
            if (seconds != null) {
                double cost = stage.need().work().cost();
                pace.measured(key(model, request, plan, stage.stage()), cost, seconds);
            }
        }
        pace.measured(model + " " + WHOLE, 1, report.seconds());
        pace.keep();
    }

    private static Span unknown(Plan plan, double cost) {
        double rate =
                plan.device().startsWith("cpu")
                        ? CPU_CORE_RATE * Runtime.getRuntime().availableProcessors()
                        : GPU_RATE;
        return UNKNOWN.times(cost / rate);
    }

    /** Sparse and dense attention go at paces of their own. */
    private static String key(String model, Request request, Plan plan, Stage stage) {
        String attention =
                stage.kind() == Stage.Kind.DENOISE ? " " + request.attention().mode() : "";
        return "%s %s %s%s".formatted(model, plan.device(), stage.text(), attention);
    }
}

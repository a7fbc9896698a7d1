package org.svgen.server.work;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.Plan;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Stage;
import org.svgen.pipeline.StagePlan;

/**
 * How long runs will take, by what earlier runs on the same device took, else by a forecast, else
 * by what such devices can do at all.
 */
final class Estimates {
    /**
     * What a device can be trusted with of which nothing is known: within an order of magnitude.
     */
    private static final Span UNKNOWN = new Span(1, 0.3, 4);

    private static final double CPU_CORE_RATE = 2e10; // units of cost a second
    private static final double GPU_RATE = 2e14;

    /** Of operations that were measured one by one: runs took up to a sixth longer. */
    private static final Span FORESEEN = new Span(1, 0.7, 1.6);

    /** Sparse and dense attention are not equally good at using a device. */
    private static final Span OF_OTHER_MODE = new Span(1, 0.4, 2.5);

    private static final String WHOLE = "whole";
    private static final String FORECAST = "forecast ";

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
                    of(key(model, request.attention().mode(), plan, stage.stage()), cost)
                            .or(() -> ofOtherMode(model, plan, stage.stage(), cost))
                            .orElseGet(() -> unknown(plan, cost)));
        }
        return spans;
    }

    private Optional<Span> of(String key, double cost) {
        return pace.span(key, cost)
                .or(() ->
                        pace.span(FORECAST + key, cost).map(span -> FORESEEN.times(span.likely())));
    }

    private Optional<Span> ofOtherMode(String model, Plan plan, Stage stage, double cost) {
        return Arrays.stream(Mode.values())
                .flatMap(mode -> of(key(model, mode, plan, stage), cost).stream())
                .findFirst()
                .map(span -> OF_OTHER_MODE.times(span.likely()));
    }

    /** True if an earlier run or a forecast tells of all stages. */
    boolean known(String model, Request request, Plan plan) {
        return plan.stages().stream()
                .allMatch(stage ->
                        of(key(model, request.attention().mode(), plan, stage.stage()), 1)
                                .isPresent());
    }

    /** How long stages will take, before any run. */
    void foreseen(String model, Request request, Plan plan, Map<Stage, Double> seconds) {
        for (StagePlan stage : plan.stages()) {
            Double expected = seconds.get(stage.stage());
            if (expected != null) {
                pace.measured(
                        FORECAST + key(model, request.attention().mode(), plan, stage.stage()),
                        stage.need().work().cost(),
                        expected);
            }
        }
        pace.keep();
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
                pace.measured(
                        key(model, request.attention().mode(), plan, stage.stage()), cost, seconds);
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
    private static String key(String model, Mode mode, Plan plan, Stage stage) {
        String attention = stage.kind() == Stage.Kind.DENOISE ? " " + mode : "";
        return "%s %s %s%s".formatted(model, plan.device(), stage.text(), attention);
    }
}

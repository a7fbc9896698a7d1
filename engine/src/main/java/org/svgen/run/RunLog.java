package org.svgen.run;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Checkpoint;
import org.svgen.pipeline.Report;
import org.svgen.pipeline.Stage;
import org.svgen.sparse.AttentionStatistics;
import org.svgen.sparse.HeadKind;
import org.svgen.state.State;
import org.svgen.tensor.device.Backend;

/** What a run writes down on its way, for its {@link Report}. */
public final class RunLog {
    private final Map<Stage, Double> seconds = new LinkedHashMap<>();
    private final List<Report.Step> steps = new ArrayList<>();
    private double weightSeconds;
    private long peakBytes; // before a checkpoint
    private @Nullable Stage stage; // under way
    private long stageBegan;

    /** Nothing happened yet. */
    public RunLog() {}

    /**
     * Does the work of a stage and keeps how long it took, in all where it is done more than once.
     *
     * @param <T> what the work gives
     * @param now the stage
     * @param work fills it
     * @return what the work gave
     */
    public <T> T timed(Stage now, Supplier<T> work) {
        this.stage = now;
        this.stageBegan = System.nanoTime();
        T result = work.get();
        seconds.merge(now, secondsSince(stageBegan), Double::sum);
        this.stage = null;
        return result;
    }

    private static double secondsSince(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    /** Weights are there that began to come at {@code start} ({@link System#nanoTime}). */
    void loaded(long start) {
        weightSeconds += secondsSince(start);
    }

    /**
     * A step is done that began at {@code start} ({@link System#nanoTime}).
     *
     * @param index from 0
     * @param timestep on the scheduler's scale
     * @param start nanoseconds
     * @param statistics what was attended to
     * @param reused whether its output came from the cache
     * @param cacheFigure by which the cache decided
     * @return what the report will say of it
     */
    public Report.Step step(
            int index,
            double timestep,
            long start,
            AttentionStatistics statistics,
            boolean reused,
            OptionalDouble cacheFigure) {
        Report.Step step =
                new Report.Step(
                        index,
                        timestep,
                        secondsSince(start),
                        statistics.stepDensity(),
                        statistics.stepHeads(),
                        reused,
                        cacheFigure,
                        statistics.stepWidths(),
                        statistics.missed().stepError(),
                        statistics.stepDensities());
        steps.add(step);
        return step;
    }

    /**
     * What happened so far passes by.
     *
     * @param peak the most bytes that the backend had given out
     * @param state keeps it, or gives it back
     */
    void state(State state, long peak) {
        if (stage != null) {
            seconds.merge(stage, secondsSince(stageBegan), Double::sum);
            stageBegan = System.nanoTime();
        }
        List<Stage> stages = List.copyOf(seconds.keySet());
        List<String> kinds =
                state.texts("kinds", stages.stream().map(s -> s.kind().name()).toList());
        List<String> labels = state.texts("labels", stages.stream().map(Stage::label).toList());
        double[] times =
                state.numbers("seconds", seconds.values().stream().mapToDouble(t -> t).toArray());
        seconds.clear();
        for (int i = 0; i < times.length; i++) {
            seconds.put(new Stage(Stage.Kind.valueOf(kinds.get(i)), labels.get(i)), times[i]);
        }
        weightSeconds = state.number("weight_seconds", weightSeconds);
        peakBytes = state.whole("peak_bytes", Math.max(peakBytes, peak));
        List<Report.Step> all = LoggedSteps.state(state.part("steps"), steps);
        steps.clear();
        steps.addAll(all);
    }

    /**
     * Sums up what happened.
     *
     * @param checkpoint the model
     * @param hash SHA-256 of the checkpoint
     * @param backend computes
     * @param s what was attended to
     * @param workspaceBytes planned step memory
     * @param tokensCut tokens of the prompt that did not fit
     * @param boundFactor times the error of attention, it is what the true error is at most
     * @return the report
     */
    public Report report(
            Checkpoint checkpoint,
            String hash,
            Backend backend,
            AttentionStatistics s,
            long workspaceBytes,
            int tokensCut,
            OptionalDouble boundFactor) {
        List<Report.Layer> layers = new ArrayList<>();
        for (int i = 0; i < s.layers(); i++) {
            layers.add(
                    new Report.Layer(
                            i,
                            s.heads(i, HeadKind.SPATIAL),
                            s.heads(i, HeadKind.TEMPORAL),
                            s.heads(i, HeadKind.DENSE)));
        }
        return new Report(
                checkpoint.pipelineClass() + " " + checkpoint.name(),
                hash,
                backend.name() + ": " + backend.description(),
                seconds,
                weightSeconds,
                steps,
                s.density(),
                s.sparseDensity(),
                layers,
                workspaceBytes,
                Math.max(peakBytes, backend.memory().peak()),
                tokensCut,
                (int) steps.stream().filter(Report.Step::reused).count(),
                s.widths(),
                receipt(s, boundFactor));
    }

    private static OptionalDouble bound(OptionalDouble error, OptionalDouble factor) {
        return error.isPresent() && factor.isPresent()
                ? OptionalDouble.of(error.getAsDouble() * factor.getAsDouble())
                : OptionalDouble.empty();
    }

    private static Report.Receipt receipt(AttentionStatistics s, OptionalDouble factor) {
        return new Report.Receipt(
                s.missed().error(),
                s.audit().error(),
                IntStream.range(0, s.layers())
                        .mapToObj(layer -> s.missed().layerError(layer))
                        .flatMapToDouble(OptionalDouble::stream)
                        .boxed()
                        .toList(),
                bound(s.missed().error(), factor),
                s.eightBits());
    }
}

package org.svgen.server.work;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import org.svgen.pipeline.Stage;

/**
 * How far a run is: each stage counts as much as it is expected to take, and the stage under way
 * goes on at the pace that it has so far.
 */
final class RunMeter {
    private static final double WRITE_SHARE = 0.02; // of the run, for video and pictures

    private final Map<Stage, Double> expected; // seconds
    private final double all;
    private final int steps;
    private double before; // expected seconds of the stages that are done
    private Stage stage = Stage.TEXT;
    private int done;
    private int total = 1;
    private int first; // parts that were done when the stage began: a run may go on in mid-stage
    private long began = System.nanoTime();
    private int step;
    private double most;
    private OptionalDouble density = OptionalDouble.empty();

    /**
     * @param stages how long each takes
     * @param steps denoising steps of the run
     * @param step of them that an earlier run did
     */
    RunMeter(Map<Stage, Span> stages, int steps, int step) {
        this.expected = new LinkedHashMap<>();
        stages.forEach((each, span) -> expected.put(each, span.likely()));
        double known = Estimates.sum(stages).likely();
        expected.put(Stage.WRITE, Math.max(WRITE_SHARE * known, 0.1));
        this.all = expected.values().stream().mapToDouble(Double::doubleValue).sum();
        this.steps = steps;
        this.step = step;
    }

    void progress(Stage now, int newDone, int newTotal, long nanos) {
        if (!now.equals(stage) || newDone < done) {
            before = Math.max(before, expectedBefore(now));
            stage = now;
            began = nanos;
            first = newDone;
        }
        done = newDone;
        total = Math.max(1, newTotal);
    }

    void step(int newStep, double newDensity) {
        step = newStep;
        density = OptionalDouble.of(newDensity);
    }

    /** Where the run is, at a time of {@link System#nanoTime}. */
    Progress now(long nanos) {
        double part = Math.min(1, (double) done / total);
        double whole = (before + part * of(stage)) / all;
        most = Math.max(most, Math.min(1, whole));
        return new Progress(step, steps, most, stage.text(), part, eta(nanos), density);
    }

    private OptionalDouble eta(long nanos) {
        double elapsed = (nanos - began) / 1e9;
        int since = done - first;
        double left =
                since > 0
                        ? elapsed / since * (total - done)
                        : Math.max(0, of(stage) * (1 - (double) done / total) - elapsed);
        double later = Math.max(0, all - before - of(stage));
        return OptionalDouble.of(left + later);
    }

    private double of(Stage asked) {
        return expected.getOrDefault(asked, 0.0);
    }

    private double expectedBefore(Stage asked) {
        double sum = 0;
        for (Map.Entry<Stage, Double> each : expected.entrySet()) {
            if (each.getKey().equals(asked)) {
                return sum;
            }
            sum += each.getValue();
        }
        return 0;
    }
}

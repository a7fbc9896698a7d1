package org.svgen.cli.bench;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.svgen.nn.Rope3d;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionPolicies;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.StepListener;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.sparse.AttentionStatistics;
import org.svgen.sparse.HeadKind;
import org.svgen.sparse.OfficialRules;
import org.svgen.tensor.Backend;
import org.svgen.tensor.Backends;
import org.svgen.tensor.DType;
import org.svgen.tensor.DryRun;
import org.svgen.tensor.Workspace;

/** Attention of a sparse step with all that belongs to it, beside dense attention. */
final class AttentionStepBench {
    private static final int WARM_UP = 2;
    private static final int SAMPLED_ROWS = 64;
    private static final int OPERANDS = 3; // q, k, v
    private static final int ROTATED = 2; // q, k
    private static final String DENSE = "dense";
    private static final String ALL = "all";
    private static final String COUNTED =
            "a step is all from the projections of q, k and v to what the output is projected from:"
                    + " norm, rotation and layout of q, k and v, profile of "
                    + SAMPLED_ROWS
                    + " rows, order of tokens, attention";

    private AttentionStepBench() {}

    /**
     * Medians of whole steps; their parts are means of as many more, in which every part waits for
     * the one before.
     *
     * @param density kept fraction of pairs
     * @param temporalHeads how many of the heads attended in the temporal order
     * @param splitMilliseconds norm, rotation and layout of queries, keys and values
     * @param splitTerabytes read and written a second
     * @param attentionMilliseconds with what changing the order of tokens takes
     * @param attentionTeraflops of kept pairs
     * @param ofDense that divided by the same of dense attention
     */
    record Step(
            double density,
            long temporalHeads,
            double milliseconds,
            double splitMilliseconds,
            double splitTerabytes,
            double profileMilliseconds,
            double attentionMilliseconds,
            double attentionTeraflops,
            double ofDense) {
        String text() {
            return """
            step of density %.4f  %9.3f ms
              norm, rotation, layout %8.3f ms = %.2f TB/s
              profile                %8.3f ms, %d heads temporal
              attention              %8.3f ms = %.1f TFLOP/s of kept pairs = %.3f of dense\
            """
                    .formatted(
                            density,
                            milliseconds,
                            splitMilliseconds,
                            splitTerabytes,
                            profileMilliseconds,
                            temporalHeads,
                            attentionMilliseconds,
                            attentionTeraflops,
                            ofDense);
        }
    }

    /**
     * @param counted what a step is
     * @param denseMilliseconds of dense attention alone
     */
    record Outcome(
            AttentionShape shape,
            int tokens,
            String device,
            String dtype,
            String counted,
            double denseMilliseconds,
            double denseTeraflops,
            List<Step> steps) {
        List<String> text() {
            List<String> lines = new ArrayList<>();
            lines.add(
                    "%s, (%d, %d, %d, %d), on %s in %s"
                            .formatted(
                                    shape.name(),
                                    shape.batch(),
                                    shape.heads(),
                                    tokens,
                                    shape.headDim(),
                                    device,
                                    dtype));
            lines.add(counted);
            lines.add(
                    "dense attention alone   %9.3f ms = %.1f TFLOP/s"
                            .formatted(denseMilliseconds, denseTeraflops));
            steps.forEach(step -> lines.addAll(step.text().lines().toList()));
            return lines;
        }
    }

    static Outcome run(
            AttentionShape s,
            List<Double> densities,
            String device,
            int rounds,
            Consumer<String> notes) {
        Rope3d rope = s.rope();
        try (Backend backend = Backends.open(device, notes);
                Arena host = Arena.ofShared()) {
            DType activation = backend.activation();
            long bytes =
                    DryRun.workspaceBytes(
                            activation,
                            dry -> {
                                new AttentionStep(dry, s, rope);
                                policies(s, densities, dry, host, note -> {});
                            });
            try (Workspace ws = new Workspace(backend, bytes, activation)) {
                AttentionStep step = new AttentionStep(ws, s, rope);
                var policies = policies(s, densities, ws, host, notes);
                Stopwatch watch = new Stopwatch();
                policies.forEach((name, policy) -> {
                    policy.beginStep(0, 0);
                    watch.add(
                            name,
                            () -> {
                                if (!name.equals(DENSE)) {
                                    step.split(ws.ops());
                                }
                                step.attend(ws, policy);
                                backend.synchronize();
                            });
                });
                step.split(ws.ops());
                Map<String, Double> seconds = watch.medians(WARM_UP, rounds, 1);
                double dense = s.operations(1) / Stopwatch.of(seconds, DENSE);
                List<Step> steps = new ArrayList<>();
                policies.forEach((name, policy) -> {
                    if (!name.equals(DENSE)) {
                        Map<String, Double> parts = parts(backend, step, policy, rounds);
                        parts.put(ALL, Stopwatch.of(seconds, name));
                        steps.add(row(s, activation, parts, policy.statistics(), dense));
                    }
                });
                return new Outcome(
                        s,
                        s.geometry().tokens(),
                        backend.description(),
                        activation.toString(),
                        COUNTED,
                        Stopwatch.of(seconds, DENSE) * 1e3,
                        dense * 1e-12,
                        steps);
            }
        }
    }

    private static SequencedMap<String, AttentionPolicy> policies(
            AttentionShape s,
            List<Double> densities,
            Workspace ws,
            Arena host,
            Consumer<String> notes) {
        SequencedMap<String, AttentionPolicy> policies = new LinkedHashMap<>();
        policies.put(DENSE, policy(s, Mode.DENSE, 1, ws, host, notes));
        densities.forEach(d -> policies.put(d.toString(), policy(s, Mode.SVG, d, ws, host, notes)));
        return policies;
    }

    private static AttentionPolicy policy(
            AttentionShape s,
            Mode mode,
            double density,
            Workspace ws,
            Arena host,
            Consumer<String> notes) {
        Amount none = new Amount.Count(0);
        AttentionSettings settings =
                new AttentionSettings(
                        mode, density, none, none, Double.POSITIVE_INFINITY, SAMPLED_ROWS);
        AttentionPolicies.Run run =
                new AttentionPolicies.Run(
                        s.geometry(), 1, s.batch(), s.heads(), 1, 0, OfficialRules.COG);
        StepListener listener =
                new StepListener() {
                    @Override
                    public void note(String text) {
                        notes.accept(text);
                    }
                };
        return AttentionPolicies.create(settings, run, ws, host, listener);
    }

    /** Mean seconds by operation. */
    private static Map<String, Double> parts(
            Backend backend, AttentionStep step, AttentionPolicy policy, int rounds) {
        TimedBackend timed = new TimedBackend(backend);
        // For its operations alone: all tensors are there.
        try (Workspace ws = new Workspace(timed, 1)) {
            for (int i = 0; i < rounds; i++) {
                step.split(ws.ops());
                step.attend(ws, policy);
            }
        }
        policy.endStep();
        timed.seconds().replaceAll((name, seconds) -> seconds / rounds);
        return timed.seconds();
    }

    private static Step row(
            AttentionShape s,
            DType activation,
            Map<String, Double> seconds,
            AttentionStatistics statistics,
            double dense) {
        double split = Stopwatch.of(seconds, "splitHeads");
        double attention = Stopwatch.of(seconds, "attention");
        double moved =
                2.0 * OPERANDS * s.elements() * activation.bytes()
                        + ROTATED * (double) s.rotationBytes();
        double rate = s.operations(statistics.density()) / attention;
        return new Step(
                statistics.density(),
                statistics.heads(0, HeadKind.TEMPORAL),
                Stopwatch.of(seconds, ALL) * 1e3,
                split * 1e3,
                moved / split * 1e-12,
                Stopwatch.of(seconds, "profile") * 1e3,
                attention * 1e3,
                rate * 1e-12,
                rate / dense);
    }
}

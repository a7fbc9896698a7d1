package org.svgen.bench;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.svgen.nn.Rope3d;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.AttentionSettings.Precision;
import org.svgen.run.AttentionPolicies;
import org.svgen.run.DenoiserShape;
import org.svgen.run.EightBits;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.sparse.AttentionStatistics;
import org.svgen.sparse.HeadKind;
import org.svgen.sparse.OfficialRules;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.device.DryRun;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.op.Op;

/** Attention of a sparse step with all that belongs to it, beside dense attention. */
final class AttentionStepBench {
    private static final int WARM_UP = 2;
    private static final int SAMPLED_ROWS = 64;
    private static final int OPERANDS = 3; // q, k, v
    private static final int ROTATED_OPERANDS = 2; // q, k
    private static final String DENSE = "dense";
    private static final String SPLIT = "splitHeads";
    private static final String PROFILE = "profile";
    private static final String ATTENTION = "attention";
    private static final String WIDTHS = "profile of many widths";
    private static final String COUNTED =
            "a step is all from the projections of q, k and v to what the output is projected from:"
                    + " norm, rotation and layout of q, k and v, profile of "
                    + SAMPLED_ROWS
                    + " rows, order of tokens, attention";
    private static final String MEASURED =
            "steps wait for the device one by one; a part is the mean of several back to back, 20 ms"
                    + " of them; all in turns, whose order is drawn anew each time; medians of %d";

    private AttentionStepBench() {}

    /**
     * Medians of whole steps, and of their parts by themselves.
     *
     * @param density kept fraction of pairs
     * @param temporalHeads how many of the heads attended in the temporal order
     * @param splitMilliseconds norm, rotation and layout of queries, keys and values
     * @param splitRepetitions back to back, of which that is the mean
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
            int splitRepetitions,
            double splitTerabytes,
            double profileMilliseconds,
            int profileRepetitions,
            double attentionMilliseconds,
            int attentionRepetitions,
            double attentionTeraflops,
            double ofDense) {
        String text() {
            return """
            step of density %.4f  %9.3f ms
              norm, rotation, layout %8.3f ms = %.2f TB/s (mean of %d back to back)
              profile                %8.3f ms (mean of %d), %d heads temporal
              attention              %8.3f ms (mean of %d) = %.1f TFLOP/s of kept pairs = %.3f of dense\
            """
                    .formatted(
                            density,
                            milliseconds,
                            splitMilliseconds,
                            splitTerabytes,
                            splitRepetitions,
                            profileMilliseconds,
                            profileRepetitions,
                            temporalHeads,
                            attentionMilliseconds,
                            attentionRepetitions,
                            attentionTeraflops,
                            ofDense);
        }
    }

    /**
     * @param counted what a step is
     * @param measured how
     * @param denseMilliseconds of dense attention alone, in turns with the bands
     * @param denseRepetitions back to back, of which that is the mean
     * @param widthsMilliseconds of a profile of {@link ManyWidths}
     */
    record Outcome(
            AttentionShape shape,
            int tokens,
            String device,
            String dtype,
            String counted,
            String measured,
            double denseMilliseconds,
            int denseRepetitions,
            double denseTeraflops,
            double widthsMilliseconds,
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
            lines.add(measured);
            lines.add(
                    "dense attention alone   %9.3f ms (mean of %d) = %.1f TFLOP/s"
                            .formatted(denseMilliseconds, denseRepetitions, denseTeraflops));
            lines.add(
                    "profile of %d widths and orders %9.3f ms"
                            .formatted(ManyWidths.KINDS, widthsMilliseconds));
            steps.forEach(step -> lines.addAll(step.text().lines().toList()));
            return lines;
        }
    }

    static Outcome run(
            AttentionShape s,
            List<Double> densities,
            Precision precision,
            String device,
            int rounds,
            Consumer<String> notes) {
        Rope3d rope = s.rope();
        try (Backend backend = Backends.open(device, notes);
                Arena host = Arena.ofShared()) {
            DType activation = backend.activation();
            AttentionSettings settings =
                    AttentionSettings.builder().attentionDtype(precision).build();
            EightBits.require(settings, backend, activation, s.headDim());
            long bytes =
                    DryRun.workspaceBytes(
                            activation,
                            dry -> {
                                new AttentionStep(dry, s, rope);
                                policies(s, densities, precision, dry, host, note -> {});
                                ManyWidths.allocate(dry, s);
                            });
            try (Workspace ws = new Workspace(backend, bytes, activation)) {
                AttentionStep step = new AttentionStep(ws, s, rope);
                var policies = policies(s, densities, precision, ws, host, notes);
                Map<String, Batch> parts = parts(ws, step, policies);
                Op widths =
                        ManyWidths.allocate(ws, s)
                                .profile(s, step.attending(policies.sequencedValues().getLast()));
                parts.put(
                        WIDTHS, Batch.longEnough(() -> ws.ops().run(widths), backend::synchronize));
                Stopwatch watch = new Stopwatch();
                parts.forEach(watch::add);
                policies.forEach((name, policy) -> {
                    if (!name.equals(DENSE)) {
                        watch.add(name, () -> whole(ws, step, policy));
                    }
                });
                Map<String, Double> seconds = watch.medians(WARM_UP, rounds, 1);
                List<Step> steps = new ArrayList<>();
                policies.forEach((name, policy) -> {
                    if (!name.equals(DENSE)) {
                        policy.endStep();
                        steps.add(row(s, activation, name, seconds, parts, policy.statistics()));
                    }
                });
                String dense = part(DENSE, ATTENTION);
                return new Outcome(
                        s,
                        s.geometry().tokens(),
                        backend.description(),
                        activation + AttentionDtypeOption.in(precision),
                        COUNTED,
                        MEASURED.formatted(rounds),
                        Stopwatch.of(seconds, dense) * 1e3,
                        repetitions(parts, dense),
                        s.operations(1) / Stopwatch.of(seconds, dense) * 1e-12,
                        Stopwatch.of(seconds, WIDTHS) * 1e3,
                        steps);
            }
        }
    }

    private static void whole(Workspace ws, AttentionStep step, AttentionPolicy policy) {
        step.split(ws.ops());
        step.attend(ws, policy);
        ws.backend().synchronize();
    }

    /** What steps consist of, by {@link #part}; the split is the same in all. */
    private static Map<String, Batch> parts(
            Workspace ws, AttentionStep step, Map<String, AttentionPolicy> policies) {
        Backend backend = ws.backend();
        Map<String, Batch> parts = new LinkedHashMap<>();
        parts.put(SPLIT, Batch.longEnough(() -> step.split(ws.ops()), backend::synchronize));
        policies.forEach((name, policy) -> {
            policy.beginStep(0, 0);
            step.attend(ws, policy); // finds the kinds by which its attention goes
            for (Op op : step.attending(policy)) {
                parts.put(
                        part(name, op.name()),
                        Batch.longEnough(() -> ws.ops().run(op), backend::synchronize));
            }
        });
        return parts;
    }

    private static String part(String policy, String operation) {
        return policy + " " + operation;
    }

    private static int repetitions(Map<String, Batch> parts, String part) {
        return Objects.requireNonNull(parts.get(part), part).repetitions();
    }

    private static SequencedMap<String, AttentionPolicy> policies(
            AttentionShape s,
            List<Double> densities,
            Precision precision,
            Workspace ws,
            Arena host,
            Consumer<String> notes) {
        SequencedMap<String, AttentionPolicy> policies = new LinkedHashMap<>();
        policies.put(DENSE, policy(s, Mode.DENSE, 1, precision, ws, host, notes));
        densities.forEach(d ->
                policies.put(d.toString(), policy(s, Mode.SVG, d, precision, ws, host, notes)));
        return policies;
    }

    private static AttentionPolicy policy(
            AttentionShape s,
            Mode mode,
            double density,
            Precision precision,
            Workspace ws,
            Arena host,
            Consumer<String> notes) {
        Amount none = new Amount.Count(0);
        AttentionSettings settings =
                AttentionSettings.builder()
                        .mode(mode)
                        .density(density)
                        .denseSteps(none)
                        .denseLayers(none)
                        .sampledRows(SAMPLED_ROWS)
                        .budget(AttentionSettings.Budget.FIXED)
                        .attentionDtype(precision)
                        .build();
        AttentionPolicies.Run run =
                AttentionPolicies.Run.even(
                        new DenoiserShape(
                                s.geometry(),
                                1,
                                s.heads(),
                                s.headDim(),
                                s.batch(),
                                OfficialRules.COG,
                                s.firstFrameSink()),
                        new double[1],
                        0,
                        settings);
        return AttentionPolicies.create(settings, run, ws, host, new NotedSteps(notes));
    }

    private static Step row(
            AttentionShape s,
            DType activation,
            String name,
            Map<String, Double> seconds,
            Map<String, Batch> parts,
            AttentionStatistics statistics) {
        String profile = part(name, PROFILE);
        String attention = part(name, ATTENTION);
        double split = Stopwatch.of(seconds, SPLIT);
        double moved =
                2.0 * OPERANDS * s.elements() * activation.bytes()
                        + ROTATED_OPERANDS * (double) s.rotationBytes();
        double rate = s.operations(statistics.density()) / Stopwatch.of(seconds, attention);
        double dense = s.operations(1) / Stopwatch.of(seconds, part(DENSE, ATTENTION));
        return new Step(
                statistics.density(),
                statistics.heads(0, HeadKind.TEMPORAL),
                Stopwatch.of(seconds, name) * 1e3,
                split * 1e3,
                repetitions(parts, SPLIT),
                moved / split * 1e-12,
                Stopwatch.of(seconds, profile) * 1e3,
                repetitions(parts, profile),
                Stopwatch.of(seconds, attention) * 1e3,
                repetitions(parts, attention),
                rate * 1e-12,
                rate / dense);
    }
}

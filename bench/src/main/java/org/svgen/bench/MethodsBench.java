package org.svgen.bench;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.svgen.bench.StructuredInputs.Head;
import org.svgen.pipeline.Amount;
import org.svgen.pipeline.AttentionBuilder;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.AttentionSettings.BlockOrder;
import org.svgen.pipeline.AttentionSettings.Budget;
import org.svgen.pipeline.AttentionSettings.Mode;
import org.svgen.pipeline.AttentionSettings.QueryBlock;
import org.svgen.pipeline.AttentionSettings.Tail;
import org.svgen.pipeline.StepListener;
import org.svgen.run.AttentionPolicies;
import org.svgen.run.DenoiserShape;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.sparse.OfficialRules;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.device.DryRun;
import org.svgen.tensor.device.Workspace;

/**
 * How far each kind of attention is from dense attention by itself, at one density, on {@link
 * StructuredInputs}: five steps of five layers of four heads, as iCATS compares back ends.
 */
final class MethodsBench {
    /** How much of a step's queries, keys and values is noise, from the first step to the last. */
    private static final double[] NOISE = {0.7, 0.5, 0.35, 0.2, 0.1};

    /** How sharp layers are: what equal tokens score before the softmax. */
    private static final double[] SHARPNESS = {6, 9, 12, 16, 20};

    private static final String DENSE = "dense";

    private MethodsBench() {}

    /**
     * @param kept of all pairs, over all calls; means are not counted
     * @param error root of the mean over calls and heads of the squared error, as a share of what
     *     dense attention puts out
     * @param errors the same of each kind of head, in the order of {@link Head}
     * @param milliseconds median of a call, with all that chooses
     */
    record Row(
            String method, double kept, double error, List<Double> errors, double milliseconds) {}

    /**
     * @param counted what is counted, in words
     */
    record Outcome(
            AttentionShape shape,
            int tokens,
            String device,
            String dtype,
            String counted,
            List<Row> rows) {
        List<String> text() {
            List<String> lines = new ArrayList<>();
            lines.add(
                    "%s, (1, %d, %d, %d), on %s in %s"
                            .formatted(
                                    shape.name(),
                                    StructuredInputs.HEADS,
                                    tokens,
                                    shape.headDim(),
                                    device,
                                    dtype));
            lines.add(counted);
            lines.add("");
            lines.add(
                    "| method | kept | error | "
                            + String.join(
                                    " | ", Arrays.stream(Head.values()).map(h -> h.text).toList())
                            + " | ms a call |");
            lines.add("|" + " --- |".repeat(4 + Head.values().length));
            for (Row row : rows) {
                StringBuilder line =
                        new StringBuilder(
                                "| %s | %.3f | %.4f |".formatted(row.method, row.kept, row.error));
                row.errors.forEach(e -> line.append(" %.4f |".formatted(e)));
                lines.add(line + " %.2f |".formatted(row.milliseconds));
            }
            return lines;
        }
    }

    /** What is summed up of a method. */
    private static final class Sums {
        final double[] squares = new double[StructuredInputs.HEADS]; // shares, over calls
        final List<Double> seconds = new ArrayList<>();

        void add(double[] shares, double took) {
            Arrays.setAll(squares, head -> squares[head] + shares[head]);
            seconds.add(took);
        }

        Row row(String method, double kept) {
            int calls = seconds.size();
            List<Double> errors =
                    Arrays.stream(squares).map(x -> Math.sqrt(x / calls)).boxed().toList();
            double all = Arrays.stream(squares).sum() / calls / squares.length;
            double[] sorted = seconds.stream().mapToDouble(x -> x).sorted().toArray();
            return new Row(method, kept, Math.sqrt(all), errors, sorted[calls / 2] * 1e3);
        }
    }

    /** The methods that are compared, at {@code density}; dense attention is the first. */
    static SequencedMap<String, AttentionSettings> methods(double density) {
        SequencedMap<String, AttentionSettings> methods = new LinkedHashMap<>();
        add(methods, DENSE, density, b -> b.mode(Mode.DENSE));
        add(methods, "svg, every head alike", density, b -> b.mode(Mode.SVG));
        add(methods, "the same with a tail", density, b -> b.mode(Mode.SVG).tail(Tail.ON));
        add(methods, "svg", density, b -> b.mode(Mode.SVG).budget(Budget.MOVING));
        for (Mode mode : List.of(Mode.TOPK, Mode.MINFERENCE, Mode.STA, Mode.SOL)) {
            add(methods, mode.toString(), density, b -> b.mode(mode));
        }
        add(methods, "sol, bricks", density, b -> b.mode(Mode.SOL).blockOrder(BlockOrder.MORTON));
        add(
                methods,
                "sol, bricks, triple",
                density,
                b -> b.mode(Mode.SOL).blockOrder(BlockOrder.MORTON).queryBlock(QueryBlock.TRIPLE));
        add(methods, "svg2", density, b -> b.mode(Mode.SVG2));
        add(methods, "ear", density, b -> b.mode(Mode.EAR));
        return methods;
    }

    private static void add(
            Map<String, AttentionSettings> methods,
            String name,
            double density,
            UnaryOperator<AttentionBuilder> change) {
        Amount none = new Amount.Count(0);
        methods.put(
                name,
                change.apply(
                                AttentionSettings.builder()
                                        .density(density)
                                        .denseSteps(none)
                                        .denseLayers(none)
                                        .budget(Budget.FIXED))
                        .build());
    }

    static Outcome run(AttentionShape s, double density, String device, Consumer<String> notes) {
        SequencedMap<String, AttentionSettings> methods = methods(density);
        try (Backend backend = Backends.open(device, notes);
                Arena host = Arena.ofShared()) {
            DType activation = backend.activation();
            long bytes =
                    DryRun.workspaceBytes(
                            activation,
                            dry -> {
                                StructuredCall x = new StructuredCall(dry, s);
                                policies(s, methods, dry, host, note -> {})
                                        .values()
                                        .forEach(p -> {
                                            p.beginStep(0, 0);
                                            x.attend(dry, p, 0);
                                        });
                            });
            try (Workspace ws = new Workspace(backend, bytes, activation)) {
                StructuredCall x = new StructuredCall(ws, s);
                var policies = policies(s, methods, ws, host, notes);
                Map<String, Sums> sums = measure(s, ws, x, policies);
                List<Row> rows = new ArrayList<>();
                sums.forEach((name, of) -> {
                    AttentionPolicy policy = Objects.requireNonNull(policies.get(name));
                    rows.add(of.row(name, policy.statistics().density()));
                });
                return new Outcome(
                        s,
                        s.geometry().tokens(),
                        backend.description(),
                        activation.toString(),
                        "errors are shares of what dense attention puts out, over %d steps and %d"
                                        .formatted(NOISE.length, SHARPNESS.length)
                                + " layers; a call is %d heads, with all that chooses"
                                        .formatted(StructuredInputs.HEADS),
                        rows);
            }
        }
    }

    private static Map<String, Sums> measure(
            AttentionShape s,
            Workspace ws,
            StructuredCall x,
            SequencedMap<String, AttentionPolicy> policies) {
        StructuredInputs inputs = new StructuredInputs(s);
        Map<String, Sums> sums = new LinkedHashMap<>();
        policies.keySet().forEach(name -> sums.put(name, new Sums()));
        for (int step = 0; step < NOISE.length; step++) {
            int now = step;
            policies.values().forEach(p -> p.beginStep(now, NOISE[now]));
            for (int layer = 0; layer < SHARPNESS.length; layer++) {
                // Layers see the same video through other weights; a layer sees it again each step.
                x.fill(ws, inputs, step * SHARPNESS.length + layer, NOISE[step], SHARPNESS[layer]);
                call(ws, x, layer, policies, sums);
            }
            policies.values().forEach(AttentionPolicy::endStep);
        }
        return sums;
    }

    private static void call(
            Workspace ws,
            StructuredCall x,
            int layer,
            SequencedMap<String, AttentionPolicy> policies,
            Map<String, Sums> sums) {
        try (Arena arena = Arena.ofShared()) {
            double[] seconds = new double[1];
            Tensor dense = attend(ws, x, policies.firstEntry().getValue(), layer, arena, seconds);
            Objects.requireNonNull(sums.get(DENSE))
                    .add(new double[StructuredInputs.HEADS], seconds[0]);
            policies.sequencedEntrySet().stream()
                    .skip(1)
                    .forEach(entry -> {
                        try (Arena own = Arena.ofShared()) {
                            Tensor out = attend(ws, x, entry.getValue(), layer, own, seconds);
                            Objects.requireNonNull(sums.get(entry.getKey()))
                                    .add(StructuredCall.shares(dense, out), seconds[0]);
                        }
                    });
        }
    }

    private static Tensor attend(
            Workspace ws,
            StructuredCall x,
            AttentionPolicy policy,
            int layer,
            Arena arena,
            double[] seconds) {
        ws.backend().synchronize();
        long start = System.nanoTime();
        x.attend(ws, policy, layer);
        ws.backend().synchronize();
        seconds[0] = (System.nanoTime() - start) * 1e-9;
        return ws.toHost(x.out(), arena);
    }

    private static SequencedMap<String, AttentionPolicy> policies(
            AttentionShape s,
            SequencedMap<String, AttentionSettings> methods,
            Workspace ws,
            Arena host,
            Consumer<String> notes) {
        DenoiserShape shape =
                new DenoiserShape(
                        s.geometry(),
                        SHARPNESS.length,
                        StructuredInputs.HEADS,
                        s.headDim(),
                        1,
                        OfficialRules.COG,
                        s.firstFrameSink());
        SequencedMap<String, AttentionPolicy> policies = new LinkedHashMap<>();
        methods.forEach((name, settings) -> {
            StepListener listener = new NotedSteps(text -> notes.accept(name + ": " + text));
            AttentionPolicies.Run run = AttentionPolicies.Run.even(shape, NOISE, 0, settings);
            policies.put(name, AttentionPolicies.create(settings, run, ws, host, listener));
        });
        return policies;
    }
}

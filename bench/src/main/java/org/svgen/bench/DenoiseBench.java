package org.svgen.bench;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.StoredWeights;
import org.svgen.checkpoint.SyntheticWeights;
import org.svgen.checkpoint.WeightCount;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.checkpoint.WeightSource;
import org.svgen.models.Families;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Request;
import org.svgen.run.DenoiserShape;
import org.svgen.run.EightBits;
import org.svgen.run.MeasuredFamily;
import org.svgen.run.Transformer;
import org.svgen.run.Trial;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.DryRun;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.ranks.Devices;

/** Passes of a whole denoiser of random weights. */
final class DenoiseBench {
    private DenoiseBench() {}

    /**
     * @param config one of {@link BenchConfigs#SIZES}, or a file
     * @param request of the video's size and attention
     * @param layers what the denoiser computes in
     * @param errors whether a pass in full precision is compared
     */
    record Setup(
            String config,
            Request request,
            String device,
            ProductsOption.Layers layers,
            int rounds,
            boolean errors) {
        /** The same in full precision. */
        Setup exact() {
            AttentionSettings attention =
                    request.attention().toBuilder()
                            .attentionDtype(AttentionSettings.Precision.BF16)
                            .build();
            Request full = request.toBuilder().dtype(DType.F32).attention(attention).build();
            return new Setup(config, full, device, layers, rounds, errors);
        }
    }

    /**
     * @param branches of guidance in a pass
     * @param density kept fraction of query-key pairs
     * @param weightBytes what was planned for weights, {@code workspaceBytes} for all else
     * @param loadSeconds from an open device to weights that lie there
     * @param firstSeconds of the first pass, in which kernels are loaded
     * @param seconds median of the passes behind it
     * @param operations seconds of one more pass by operation, timed one by one
     * @param errors of the token stream behind each block, relative to full precision; empty unless
     *     asked for
     */
    record Outcome(
            String config,
            String device,
            String dtype,
            String attention,
            int tokens,
            int branches,
            double density,
            long weightBytes,
            long workspaceBytes,
            double loadSeconds,
            double firstSeconds,
            double seconds,
            List<Double> all,
            Map<String, Double> operations,
            List<Double> errors) {
        List<String> text() {
            List<String> lines = new ArrayList<>();
            lines.add("%s on %s in %s".formatted(config, device, dtype));
            lines.add(
                    "planned %.2f GiB: weights %.2f, workspace %.2f"
                            .formatted(
                                    (weightBytes + workspaceBytes) / 0x1p30,
                                    weightBytes / 0x1p30,
                                    workspaceBytes / 0x1p30));
            lines.add(
                    "%s attention, %d tokens in %s, density %.4f"
                            .formatted(
                                    attention,
                                    tokens,
                                    branches == 1 ? "1 branch" : branches + " branches",
                                    density));
            lines.add(
                    "one pass %.3f s (loading %.2f s, first pass %.3f s)"
                            .formatted(seconds, loadSeconds, firstSeconds));
            lines.addAll(TimedBackend.table(operations));
            if (!errors.isEmpty()) {
                lines.addAll(LayerErrors.text(errors));
            }
            return lines;
        }
    }

    static Outcome run(Setup s, Consumer<String> notes) {
        Config config = BenchConfigs.transformer(s.config);
        try (Backend backend = Devices.open(s.device, notes)) {
            DType activation = s.layers.activation(backend);
            WeightCount counted = new WeightCount();
            DryRun.Played played = play(s, config, activation, counted);
            EightBits.require(backend, played.work());
            long workspaceBytes = played.workspaceBytes();
            long weightBytes = counted.bytes();
            notes.accept(
                    "planned: weights %.2f GiB, workspace %.2f GiB"
                            .formatted(weightBytes / 0x1p30, workspaceBytes / 0x1p30));
            List<Double> errors = s.errors ? errors(s, config, backend, activation) : List.of();
            long start = System.nanoTime();
            try (SyntheticWeights weights = new SyntheticWeights();
                    WeightMemory memory = WeightMemory.resident(backend);
                    Arena host = Arena.ofShared()) {
                Transformer model = load(s, config, weights, memory);
                backend.synchronize();
                double load = seconds(start);
                List<Double> times = new ArrayList<>();
                DenoiserShape shape;
                double density;
                try (Workspace ws = new Workspace(backend, workspaceBytes, activation)) {
                    Trial pass = begin(model, ws, host, s, notes);
                    shape = pass.shape();
                    for (int i = 0; i <= s.rounds; i++) {
                        times.add(time(backend, pass));
                    }
                    density = pass.statistics().density();
                }
                double first = times.removeFirst();
                TimedBackend timed = new TimedBackend(backend);
                try (Workspace ws = new Workspace(timed, workspaceBytes, activation)) {
                    Trial pass = begin(model, ws, host, s, note -> {});
                    pass.run(); // from which a moving budget knows what errors are like
                    timed.seconds().clear();
                    pass.run();
                }
                return new Outcome(
                        s.config,
                        backend.description(),
                        s.layers.text(activation),
                        AttentionDtypeOption.text(s.request.attention()),
                        shape.geometry().tokens(),
                        shape.branches(),
                        density,
                        weightBytes,
                        workspaceBytes,
                        load,
                        first,
                        Stopwatch.median(times),
                        times,
                        timed.seconds(),
                        errors);
            }
        }
    }

    private static DryRun.Played play(
            Setup s, Config config, DType activation, WeightCount counted) {
        return DryRun.play(
                activation,
                dry -> {
                    try (SyntheticWeights w = new SyntheticWeights();
                            Arena host = Arena.ofShared()) {
                        Transformer model = load(s, config, w, counted);
                        begin(model, dry, host, s, note -> {}).run();
                    }
                });
    }

    private static List<Double> errors(Setup s, Config config, Backend backend, DType activation) {
        LayerErrors exact = watched(s.exact(), config, backend, activation);
        return watched(s, config, backend, activation).to(exact);
    }

    /** One pass. */
    private static LayerErrors watched(Setup s, Config config, Backend backend, DType activation) {
        LayerErrors seen = new LayerErrors(backend);
        long bytes = play(s, config, activation, new WeightCount()).workspaceBytes();
        try (SyntheticWeights weights = new SyntheticWeights();
                WeightMemory memory = WeightMemory.resident(backend);
                Arena host = Arena.ofShared();
                Workspace ws = new Workspace(backend, bytes, activation)) {
            Transformer model = load(s, config, weights, memory);
            Trial.begin(model, s.request, ws, host, new NotedSteps(note -> {}), seen).run();
        }
        return seen;
    }

    private static Transformer load(
            Setup s, Config config, StoredWeights weights, WeightMemory memory) {
        MeasuredFamily family = Families.ofTransformer(config);
        StoredWeights stored =
                s.request.productsInEightBits() ? family.eightBits(config).of(weights) : weights;
        return family.transformer(config, WeightSource.of(stored, memory));
    }

    private static Trial begin(
            Transformer model, Workspace ws, Arena host, Setup s, Consumer<String> notes) {
        return Trial.begin(model, s.request, ws, host, new NotedSteps(notes));
    }

    private static double time(Backend backend, Trial pass) {
        backend.synchronize();
        long start = System.nanoTime();
        pass.run();
        backend.synchronize();
        return seconds(start);
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) * 1e-9;
    }
}

package org.svgen.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.SyntheticWeights;
import org.svgen.checkpoint.WeightCount;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.checkpoint.WeightSource;
import org.svgen.tensor.DType;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.device.DryRun;
import org.svgen.tensor.device.Workspace;

/** Encoders of random weights encode what a video needs, one encoder after the other. */
final class EncodeBench {
    private EncodeBench() {}

    /**
     * @param config one of {@link BenchConfigs#SIZES}, a model's folder, or a file
     * @param tokens of a prompt, for encoders that know places for so many; null for what each
     *     model's family takes
     * @param f32 compute in F32 on any device
     */
    record Setup(String config, @Nullable Integer tokens, String device, boolean f32, int rounds) {}

    /**
     * What one encoder took.
     *
     * @param encoder its class
     * @param peakBytes of device memory, but for what operations take for themselves
     * @param firstSeconds of the first round, in which kernels are loaded
     * @param seconds median of the others, or the first if there are none; all inputs together
     * @param operations seconds of one more round by operation, timed one by one
     */
    record Encoded(
            String encoder,
            String dtype,
            String input,
            int inputs,
            int tokens,
            long weightBytes,
            long workspaceBytes,
            long peakBytes,
            double firstSeconds,
            double seconds,
            List<Double> all,
            Map<String, Double> operations) {
        List<String> text() {
            List<String> lines = new ArrayList<>();
            lines.add(
                    "%s in %s, %d %s%s of %d tokens: %.4f s (first %.4f s), peak memory %.2f GiB"
                            .formatted(
                                    encoder,
                                    dtype,
                                    inputs,
                                    input,
                                    inputs == 1 ? "" : "s",
                                    tokens,
                                    seconds,
                                    firstSeconds,
                                    peakBytes / 0x1p30));
            lines.addAll(TimedBackend.table(operations));
            return lines;
        }
    }

    /**
     * @param encoders in the order of the model's index
     */
    record Outcome(String config, String device, List<Encoded> encoders) {
        List<String> text() {
            List<String> lines = new ArrayList<>(List.of("%s on %s".formatted(config, device)));
            encoders.forEach(encoded -> lines.addAll(encoded.text()));
            return lines;
        }
    }

    static Outcome run(Setup s, Consumer<String> notes) {
        List<Config> configs = BenchConfigs.encoders(s.config);
        Checks.that(
                !configs.isEmpty(),
                "--config: expected a model with encoders, found none in " + s.config);
        List<EncoderUse> uses = configs.stream().map(EncoderUse::of).toList();
        Checks.that(
                s.tokens == null || uses.stream().anyMatch(EncoderUse::text),
                "--tokens: %s encodes pictures alone, whose tokens are given".formatted(s.config));
        List<Encoded> encoded = new ArrayList<>();
        String device = "";
        for (int i = 0; i < uses.size(); i++) {
            // A device of its own for each, so that its peak of memory is the encoder's.
            try (Backend backend = Backends.open(s.device, notes)) {
                device = backend.description();
                encoded.add(measure(configs.get(i).className(), uses.get(i), s, backend, notes));
            }
        }
        return new Outcome(s.config, device, List.copyOf(encoded));
    }

    private static Encoded measure(
            String name, EncoderUse use, Setup s, Backend backend, Consumer<String> notes) {
        DType activation = s.f32 || use.f32() ? DType.F32 : backend.activation();
        int tokens = s.tokens != null && use.text() ? Math.min(s.tokens, use.most()) : use.usual();
        long workspaceBytes =
                DryRun.workspaceBytes(
                        activation,
                        dry -> {
                            try (SyntheticWeights w = new SyntheticWeights()) {
                                WeightSource source = WeightSource.of(w, new WeightCount());
                                use.loading().load(source, activation).begin(dry, tokens).run();
                            }
                        });
        try (SyntheticWeights weights = new SyntheticWeights();
                WeightMemory memory = WeightMemory.resident(backend)) {
            EncoderUse.Encoder encoder =
                    use.loading().load(WeightSource.of(weights, memory), activation);
            List<Double> times = new ArrayList<>();
            try (Workspace ws = new Workspace(backend, workspaceBytes, activation)) {
                Runnable pass = encoder.begin(ws, tokens);
                for (int i = 0; i <= s.rounds; i++) {
                    times.add(time(backend, pass, use.inputs()));
                    notes.accept("%s, round %d: %.4f s".formatted(name, i, times.getLast()));
                }
            }
            long peak = backend.memory().peak();
            TimedBackend timed = new TimedBackend(backend);
            try (Workspace ws = new Workspace(timed, workspaceBytes, activation)) {
                time(timed, encoder.begin(ws, tokens), use.inputs());
            }
            List<Double> later = times.subList(Math.min(1, s.rounds), times.size());
            return new Encoded(
                    name,
                    activation.toString(),
                    use.input(),
                    use.inputs(),
                    tokens,
                    weights.bytes(),
                    workspaceBytes,
                    peak,
                    times.getFirst(),
                    Stopwatch.median(later),
                    List.copyOf(later),
                    timed.seconds());
        }
    }

    private static double time(Backend backend, Runnable pass, int inputs) {
        backend.synchronize();
        long start = System.nanoTime();
        for (int i = 0; i < inputs; i++) {
            pass.run();
        }
        backend.synchronize();
        return (System.nanoTime() - start) * 1e-9;
    }
}

package org.svgen.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.StoredWeights;
import org.svgen.checkpoint.SyntheticWeights;
import org.svgen.checkpoint.WeightCount;
import org.svgen.checkpoint.WeightMemory;
import org.svgen.checkpoint.WeightSource;
import org.svgen.models.Families;
import org.svgen.pipeline.Clip;
import org.svgen.pipeline.Rules;
import org.svgen.run.Requests;
import org.svgen.run.Trial;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Backends;
import org.svgen.tensor.device.DryRun;
import org.svgen.tensor.device.Workspace;
import org.svgen.vae.VaeProgress;
import org.svgen.vae.VaeShape;
import org.svgen.vae.VideoDecoder;

/** An autoencoder of random weights decodes a whole video. */
final class DecodeBench {
    private static final int FPS = 24;

    private DecodeBench() {}

    /**
     * @param config one of {@link BenchConfigs#SIZES}, or a file
     * @param f32 compute in F32 on any device
     */
    record Setup(String config, Video video, String device, boolean f32, int rounds) {}

    /**
     * @param weightBytes of the decoder
     * @param peakBytes of device memory, but for what operations take for themselves
     * @param firstSeconds of the first round, in which kernels are loaded
     * @param seconds median of the others, or the first if there are none
     * @param operations seconds of one more round by operation, timed one by one
     */
    record Outcome(
            String config,
            String device,
            String dtype,
            Video video,
            long weightBytes,
            long workspaceBytes,
            long peakBytes,
            double firstSeconds,
            double seconds,
            List<Double> all,
            Map<String, Double> operations) {
        List<String> text() {
            List<String> lines = new ArrayList<>();
            lines.add("%s on %s in %s".formatted(config, device, dtype));
            lines.add(
                    "%d frames of %d x %d: %.3f s (first %.3f s), peak memory %.2f GiB"
                            .formatted(
                                    video.frames(),
                                    video.width(),
                                    video.height(),
                                    seconds,
                                    firstSeconds,
                                    peakBytes / 0x1p30));
            lines.addAll(TimedBackend.table(operations));
            return lines;
        }
    }

    static Outcome run(Setup s, Consumer<String> notes) {
        Config config = BenchConfigs.autoencoder(s.config);
        try (Backend backend = Backends.open(s.device, notes)) {
            DType activation = s.f32 ? DType.F32 : backend.activation();
            long workspaceBytes =
                    DryRun.workspaceBytes(
                            activation,
                            dry -> {
                                try (SyntheticWeights w = new SyntheticWeights()) {
                                    decode(load(config, w, new WeightCount()), dry, s.video, null);
                                }
                            });
            try (SyntheticWeights weights = new SyntheticWeights();
                    WeightMemory memory = WeightMemory.resident(backend)) {
                VideoDecoder model = load(config, weights, memory);
                List<Double> times = new ArrayList<>();
                for (int i = 0; i <= s.rounds; i++) {
                    times.add(time(backend, model, workspaceBytes, activation, s.video));
                    notes.accept("round %d: %.3f s".formatted(i, times.getLast()));
                }
                long peak = backend.memory().peak();
                TimedBackend timed = new TimedBackend(backend);
                time(timed, model, workspaceBytes, activation, s.video);
                double first = times.getFirst();
                List<Double> later = times.subList(Math.min(1, s.rounds), times.size());
                return new Outcome(
                        s.config,
                        backend.description(),
                        activation.toString(),
                        s.video,
                        weights.bytes(),
                        workspaceBytes,
                        peak,
                        first,
                        Stopwatch.median(later),
                        List.copyOf(later),
                        timed.seconds());
            }
        }
    }

    private static VideoDecoder load(Config config, StoredWeights weights, WeightMemory memory) {
        return Families.ofAutoencoder(config).decoder(config, WeightSource.of(weights, memory));
    }

    /** Random latents, as a pipeline would. */
    private static void decode(
            VideoDecoder decoder, Workspace workspace, Video video, @Nullable Clip clip) {
        VaeShape shape = decoder.shape();
        int ratio = shape.spatialRatio();
        Requests.requireMultiple(Rules.WIDTH.field(), video.width(), ratio);
        Requests.requireMultiple(Rules.HEIGHT.field(), video.height(), ratio);
        Requests.requireFrames(video.frames(), shape.temporalRatio());
        Tensor latents =
                Trial.random(
                        workspace,
                        (video.frames() - 1) / shape.temporalRatio() + 1,
                        video.height() / ratio,
                        video.width() / ratio,
                        shape.latentChannels());
        decoder.decode(workspace, latents, clip == null ? null : clip.frames(), VaeProgress.SILENT);
    }

    private static double time(
            Backend backend, VideoDecoder model, long bytes, DType activation, Video video) {
        try (Workspace ws = new Workspace(backend, bytes, activation);
                Clip clip = new Clip(video.frames(), video.height(), video.width(), FPS)) {
            backend.synchronize();
            long start = System.nanoTime();
            decode(model, ws, video, clip);
            return (System.nanoTime() - start) * 1e-9;
        }
    }
}

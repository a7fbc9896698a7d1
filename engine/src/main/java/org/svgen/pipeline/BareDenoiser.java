package org.svgen.pipeline;

import java.lang.foreign.Arena;
import java.util.List;
import org.svgen.checkpoint.Config;
import org.svgen.checkpoint.Untrusted;
import org.svgen.checkpoint.WeightSource;
import org.svgen.cogvideox.CogVideoXBareDenoiser;
import org.svgen.hunyuan.HunyuanBareDenoiser;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.sparse.AttentionStatistics;
import org.svgen.sparse.VideoGeometry;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.TorchRandom;
import org.svgen.tensor.Workspace;

/** A denoiser without the rest of a pipeline, to be measured by itself. */
public interface BareDenoiser {
    /**
     * @param config a transformer's {@code config.json}
     * @throws BadInputException if it is of a class that we cannot run
     */
    static BareDenoiser load(Config config, WeightSource weights) {
        return switch (config.className()) {
            case "CogVideoXTransformer3DModel" -> new CogVideoXBareDenoiser(config, weights);
            case "HunyuanVideoTransformer3DModel" -> new HunyuanBareDenoiser(config, weights);
            default ->
                    throw new BadInputException(
                            "%s: expected a CogVideoXTransformer3DModel or a HunyuanVideoTransformer3DModel, found %s"
                                    .formatted(
                                            config.file(), Untrusted.oneLine(config.className())));
        };
    }

    /**
     * Takes the memory of a pass, whose latents and text are random.
     *
     * @param workspace gives device memory, for as long as the enclosing scope
     * @param host owns host memory
     * @throws BadInputException if the model cannot make videos of that size
     */
    Pass begin(
            Workspace workspace,
            Arena host,
            Video video,
            AttentionSettings attention,
            StepListener listener);

    /** Pixels and frames. */
    record Video(int width, int height, int frames) {
        /** A request for such a video, 50 steps of guidance 6. */
        public Request request(AttentionSettings attention) {
            return Request.of(
                    "", new Defaults(width, height, frames, 8, 50, 6, false, attention, List.of()));
        }
    }

    /**
     * A pass that can be repeated.
     *
     * @param forward goes through the model once
     */
    record Pass(VideoGeometry geometry, AttentionPolicy policy, double time, Runnable forward) {
        /** Goes through the whole model once; may return before the device has finished. */
        public void run() {
            policy.beginStep(0, time);
            forward.run();
            policy.endStep();
        }

        public AttentionStatistics statistics() {
            return policy.statistics();
        }
    }

    /** Normally distributed F32. */
    static Tensor random(Workspace workspace, long... dims) {
        try (Arena arena = Arena.ofConfined()) {
            Tensor drawn = Tensor.zeros(arena, DType.F32, dims);
            new TorchRandom(1).normal(drawn);
            return workspace.copyOf(drawn);
        }
    }
}

package org.svgen.run;

import java.lang.foreign.Arena;
import java.util.List;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.StepListener;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.sparse.AttentionStatistics;
import org.svgen.sparse.VideoGeometry;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.random.TorchRandom;

/** A denoiser without the rest of a pipeline, to be measured by itself. */
public interface BareDenoiser {
    /**
     * Takes the memory of a pass, whose latents and text are random.
     *
     * @param workspace gives device memory, for as long as the enclosing scope
     * @param host owns host memory
     * @param video size of the video
     * @param attention how attention is computed
     * @param listener told how far it is and what is to be known; may cancel
     * @return the pass
     * @throws BadInputException if the model cannot make videos of that size
     */
    Pass begin(
            Workspace workspace,
            Arena host,
            Video video,
            AttentionSettings attention,
            StepListener listener);

    /**
     * Pixels and frames.
     *
     * @param width in pixels
     * @param height in pixels
     * @param frames number of frames
     */
    record Video(int width, int height, int frames) {
        /**
         * {@return a request for such a video, 50 steps of guidance 6}
         *
         * @param attention how attention is computed
         */
        public Request request(AttentionSettings attention) {
            return Request.of(
                    "", new Defaults(width, height, frames, 8, 50, 6, false, attention, List.of()));
        }
    }

    /**
     * A pass that can be repeated.
     *
     * @param geometry where text and video lie
     * @param policy that the pass attends by
     * @param time the timestep of the pass
     * @param forward goes through the model once
     */
    record Pass(VideoGeometry geometry, AttentionPolicy policy, double time, Runnable forward) {
        /** Goes through the whole model once; may return before the device has finished. */
        public void run() {
            policy.beginStep(0, time);
            forward.run();
            policy.endStep();
        }

        /** {@return what was attended to so far} */
        public AttentionStatistics statistics() {
            return policy.statistics();
        }
    }

    /**
     * Normally distributed F32.
     *
     * @param workspace gives device memory, for as long as the enclosing scope
     * @param dims the dimensions, outermost first
     * @return the tensor
     */
    static Tensor random(Workspace workspace, long... dims) {
        try (Arena arena = Arena.ofConfined()) {
            Tensor drawn = Tensor.zeros(arena, DType.F32, dims);
            new TorchRandom(1).normal(drawn);
            return workspace.copyOf(drawn);
        }
    }
}

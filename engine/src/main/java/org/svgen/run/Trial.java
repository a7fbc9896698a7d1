package org.svgen.run;

import java.lang.foreign.Arena;
import java.util.Arrays;
import org.svgen.cache.BlockCache;
import org.svgen.pipeline.AttentionSettings;
import org.svgen.pipeline.Defaults;
import org.svgen.pipeline.Request;
import org.svgen.pipeline.Sampling;
import org.svgen.pipeline.StepListener;
import org.svgen.pipeline.VideoSize;
import org.svgen.sparse.AttentionPolicy;
import org.svgen.sparse.AttentionStatistics;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Workspace;
import org.svgen.tensor.random.TorchRandom;

/** A pass through a denoiser that can be repeated, on random numbers, to be measured. */
public final class Trial {
    private static final double TIME = 500;

    private final DenoiserShape shape;
    private final AttentionPolicy policy;
    private final Runnable forward;

    private Trial(DenoiserShape shape, AttentionPolicy policy, Runnable forward) {
        this.shape = shape;
        this.policy = policy;
        this.forward = forward;
    }

    /**
     * {@return a request for such a video, 50 steps of guidance 6}
     *
     * @param width in pixels
     * @param height in pixels
     * @param frames number of frames
     * @param attention how attention is computed
     */
    public static Request request(int width, int height, int frames, AttentionSettings attention) {
        return Request.of(
                "",
                Defaults.of(
                        new VideoSize(width, height, frames, 8), Sampling.of(50, 6), attention));
    }

    /**
     * Takes the memory of a pass.
     *
     * @param transformer the network
     * @param request of the video's size and attention
     * @param workspace gives device memory, for as long as the enclosing scope
     * @param host owns host memory
     * @param listener told what is to be known
     * @return the pass
     * @throws BadInputException if the model cannot make videos of that size
     */
    public static Trial begin(
            Transformer transformer,
            Request request,
            Workspace workspace,
            Arena host,
            StepListener listener) {
        return begin(transformer, request, workspace, host, listener, (block, x) -> {});
    }

    /**
     * As above, watched.
     *
     * @param transformer the network
     * @param request of the video's size
     * @param workspace gives device memory, for as long as the enclosing scope
     * @param host owns host memory
     * @param listener told what is to be known
     * @param watcher sees the stream behind each block
     * @return the pass
     * @throws BadInputException if the model cannot make videos of that size
     */
    public static Trial begin(
            Transformer transformer,
            Request request,
            Workspace workspace,
            Arena host,
            StepListener listener,
            Blocks.Watcher watcher) {
        long[] dims = transformer.latentDims(request);
        Denoiser denoiser = transformer.trial(request, workspace);
        DenoiserShape shape = denoiser.shape();
        double[] timesteps = new double[request.steps()];
        Arrays.fill(timesteps, TIME);
        AttentionPolicy policy =
                AttentionPolicies.create(
                        request.attention(),
                        AttentionPolicies.Run.even(
                                shape, timesteps, request.seed(), request.attention()),
                        workspace,
                        host,
                        listener);
        Tensor sample = random(workspace, dims);
        dims[0] = shape.branches();
        Tensor out = workspace.allocate(DType.F32, dims);
        Tensor faults = workspace.allocate(DType.I32, shape.layers());
        Blocks blocks = new Blocks(workspace.ops(), faults, BlockCache.NONE, watcher);
        return new Trial(shape, policy, () -> denoiser.predict(TIME, sample, policy, blocks, out));
    }

    /** Goes through the whole model once; may return before the device has finished. */
    public void run() {
        policy.beginStep(0, TIME);
        forward.run();
        policy.endStep();
    }

    /** {@return the sizes of the pass} */
    public DenoiserShape shape() {
        return shape;
    }

    /** {@return what was attended to so far} */
    public AttentionStatistics statistics() {
        return policy.statistics();
    }

    /**
     * Normally distributed F32.
     *
     * @param workspace gives device memory, for as long as the enclosing scope
     * @param dims the dimensions, outermost first
     * @return the tensor
     */
    public static Tensor random(Workspace workspace, long... dims) {
        try (Arena arena = Arena.ofConfined()) {
            Tensor drawn = Tensor.zeros(arena, DType.F32, dims);
            new TorchRandom(1).normal(drawn);
            return workspace.copyOf(drawn);
        }
    }
}

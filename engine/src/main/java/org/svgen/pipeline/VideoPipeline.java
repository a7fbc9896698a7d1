package org.svgen.pipeline;

import java.util.List;
import org.svgen.checkpoint.AdapterFile;
import org.svgen.resume.Checkpoints;
import org.svgen.tensor.BadInputException;

/**
 * A loaded model that makes videos. Threads may share it, and pipelines may share a device: a call
 * waits until it is alone on both. The owner closes it, at any time; from then on calls throw
 * {@link org.svgen.tensor.ClosedException}, an {@link IllegalStateException}.
 */
public interface VideoPipeline extends AutoCloseable {
    /** {@return what the model recommends} */
    Defaults defaults();

    /** {@return which pictures requests bring} */
    Pictures pictures();

    /**
     * {@return what a user should know of how the model was read, a line each; {@link #generate}
     * tells its listener too}
     */
    default List<String> notes() {
        return List.of();
    }

    /**
     * What of {@code request} this model does not use, though it was asked for, a line each; {@link
     * #generate} tells its listener too.
     *
     * @param request that was asked for
     * @return what is not used of it; empty if all is
     */
    default List<String> unused(Request request) {
        return List.of();
    }

    /**
     * Says what is wrong with a request before any long work begins.
     *
     * @param request the video to make
     * @throws BadInputException naming the nearest size or frame count that the model can do
     */
    void check(Request request);

    /**
     * Plays a request through without loading weights.
     *
     * @param request the video to make
     * @param limitBytes of the device's memory to use at most; what there is if that is less
     * @return what the run would need
     * @throws BadInputException as {@link #check}, or if the run cannot fit, naming what would
     */
    Plan plan(Request request, long limitBytes);

    /**
     * As below, with all the memory that the device has.
     *
     * @param request the video to make
     * @param listener told how far it is and what is to be known; may cancel
     * @return the video and its report; the caller closes it
     */
    default Result generate(Request request, StepListener listener) {
        return generate(request, plan(request, Long.MAX_VALUE), listener);
    }

    /**
     * As below, without checkpoints.
     *
     * @param request the video to make
     * @param plan that {@link #plan} made of this request
     * @param listener told how far it is and what is to be known; may cancel
     * @return the video and its report; the caller closes it
     */
    default Result generate(Request request, Plan plan, StepListener listener) {
        return generate(request, plan, listener, Checkpoints.NONE);
    }

    /**
     * Makes the video. Neither the plan nor a checkpoint that the run goes on from has influence on
     * what it shows, bit by bit; the report is that of the whole run.
     *
     * @param request the video to make
     * @param plan that {@link #plan} made of this request
     * @param listener told how far it is and what is to be known; may cancel
     * @param checkpoints where the run keeps how far it is, and goes on from
     * @return the video and its report; the caller closes it
     * @throws BadInputException as {@link #check}
     * @throws org.svgen.resume.CheckpointException if the run cannot go on from its checkpoint,
     *     before anything is computed
     * @throws CancelledException if the listener or the checkpoints asked for it, this thread is
     *     interrupted (it stays so), or another thread closes the pipeline or its device; while
     *     this waits for its turn, closing is a {@link org.svgen.tensor.ClosedException}
     * @throws org.svgen.tensor.SvgenException if a value became NaN or infinite, naming the stage
     *     and how many, in the denoiser step and layer
     */
    Result generate(Request request, Plan plan, StepListener listener, Checkpoints checkpoints);

    /**
     * Takes other adapters in place of those that the model has, for all requests from now on. A
     * session keeps what is the same on the device, and computes only the weights that these or
     * those change. The videos are those of a model opened with these adapters.
     *
     * @param adapters merged one after the other; none for the model by itself
     * @throws BadInputException if one is missing, damaged or made for another model; then nothing
     *     has changed
     */
    default void adapt(List<? extends AdapterFile> adapters) {
        throw new UnsupportedOperationException("this pipeline has no weights to adapt");
    }

    /**
     * Stops the run that is under way, if any, waits until it has ended, and frees the model; not
     * the device. Closing twice does nothing more.
     *
     * @throws IllegalStateException if this thread is in a call of this pipeline, for example in
     *     its listener: {@link StepListener#cancelled} ends a run from there
     */
    @Override
    void close();
}

package org.svgen.pipeline;

import org.svgen.tensor.BadInputException;

/** A loaded model that makes videos. Used by one thread at a time; the owner closes it. */
public interface VideoPipeline extends AutoCloseable {
    Defaults defaults();

    /** True if requests must bring an image. */
    boolean needsImage();

    /**
     * Says what is wrong with a request before any long work begins.
     *
     * @throws BadInputException naming the nearest size or frame count that the model can do
     */
    void check(Request request);

    /**
     * Makes the video.
     *
     * @throws BadInputException as {@link #check}
     * @throws CancelledException if the listener asked for it
     * @throws org.svgen.tensor.SvgenException if a value became NaN or infinite, naming step and
     *     layer
     */
    Result generate(Request request, StepListener listener);

    @Override
    void close();
}

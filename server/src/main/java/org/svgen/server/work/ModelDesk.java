package org.svgen.server.work;

import java.util.List;
import java.util.OptionalDouble;
import org.svgen.pipeline.VideoSize;
import org.svgen.tensor.BadInputException;

/**
 * Answers questions about the models that are served. No answer waits for a run that is under way.
 * Thread-safe.
 */
public interface ModelDesk {
    /** {@return all models; the first is meant where a request names none} */
    List<ModelCard> models();

    /**
     * Says what is wrong with an order before it is taken, whether its model is in memory or not.
     *
     * @param order what is asked for
     * @return what will be made
     * @throws BadInputException if the model cannot make it, naming the field as {@link
     *     org.svgen.pipeline.Rules} does
     */
    Checked check(Order order);

    /**
     * {@return what a run would take; that it finds no room is an answer, too}
     *
     * @param order what is asked for
     * @throws BadInputException as {@link #check}
     */
    Foreseen plan(Order order);

    /**
     * {@return the size and the number of frames that the model makes and that are nearest}
     *
     * @param model name of the model
     * @param wanted what was asked for
     * @throws BadInputException if there is no such model
     */
    VideoSize nearest(String model, VideoSize wanted);

    /**
     * {@return seconds until a job would begin; none if nothing is known of such jobs yet}
     *
     * @param model name of the model
     * @param jobsBefore how many wait before it
     */
    OptionalDouble waitSeconds(String model, int jobsBefore);
}

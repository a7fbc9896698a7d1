package org.svgen.cli.batch;

import java.util.List;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.StoppedException;
import org.svgen.tensor.SvgenException;

/** Who makes the videos of a batch: this machine, or a server. */
public sealed interface VideoMaker permits LocalMaker, ServerMaker {
    /**
     * Says now what would be refused later.
     *
     * @param task a video
     * @throws BadInputException naming the field that is wrong
     */
    void check(BatchTask task);

    /**
     * {@return what names all that decides what comes of a video: equal ones are made once}
     *
     * @param task a video that was checked
     */
    String key(BatchTask task);

    /**
     * Makes videos and tells of each. One that fails does not keep the others from being made.
     *
     * @param videos not made yet
     * @param watch is told; may end it
     * @throws StoppedException if {@code watch} ends it
     * @throws SvgenException if none of the others could be made either
     */
    void make(List<PlannedVideo> videos, Watch watch);
}

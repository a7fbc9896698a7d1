package org.svgen.resume;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a run keeps how far it is, and goes on from. {@link CheckpointFile} does that with one
 * file. A run that goes on from a checkpoint gives the same video, bit by bit, as one that was
 * never stopped. All is asked on the run's thread.
 */
public interface Checkpoints {
    /** Begins at the first step and keeps nothing; for this, nothing is computed or fetched. */
    Checkpoints NONE = new Checkpoints() {};

    /** {@return the file to go on from; none to begin at the first step} */
    default Optional<Path> from() {
        return Optional.empty();
    }

    /**
     * {@return true to be given {@link #take} now} Asked behind each step, also at a stop; not
     * before the model's hash is known, which is computed beside the first steps.
     *
     * @param moment how far the run is, and how large a checkpoint would be
     */
    default boolean wants(Moment moment) {
        return false;
    }

    /**
     * A checkpoint, to be written somewhere during the call.
     *
     * @param snapshot of the run
     */
    default void take(Snapshot snapshot) {}

    /**
     * {@return true to stop: the run gives a checkpoint behind the step under way, if {@link
     * #wants} says so, and ends with a {@link org.svgen.tensor.StoppedException}} Where nothing can
     * be lost, it ends at once: before the first step, behind the last one, and if there is a
     * checkpoint of the last step that is done. Asked as often as a listener is asked whether it
     * cancels.
     */
    default boolean stopping() {
        return false;
    }
}
